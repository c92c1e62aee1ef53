package playbook

import (
	"maps"
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Actions are the actions that tasks may use, by name.
type Actions map[string]Action

// An Action is what a reader must know of an action.
type Action struct {
	// Check judges the arguments as written, templates not expanded.
	Check func(args document.Node) diag.List
	// Joins reports whether with these arguments one step does the work for
	// all images of the play. Nil: never.
	Joins func(args document.Node) bool
	// Defines returns the variables that the action defines for later tasks.
	// Nil: none.
	Defines func(args document.Node) []string
	// Result is what is known of the results that its tasks register. Nil:
	// nothing.
	Result *vars.Shape
	// Alone is the argument that a text without a key would most likely be, for
	// advice. Empty: there is none.
	Alone string
	// Text is the file whose templates its tasks expand. Nil: none.
	Text *Text
	// Expressions returns arguments that are expressions without braces, as in
	// when. Nil: none.
	Expressions func(args document.Node) []document.Node
	// Builds says that the action's work is done on a builder, which the keyword
	// on may pick.
	Builds bool
}

// A Text is a file whose templates an action expands.
type Text struct {
	Argument string // which names it
	// Read returns the file as a scalar that knows its place, given its name and
	// the Dir of the task. That it is not there is a diagnostic.
	Read func(named document.Node, dir string) (document.Node, error)
}

// The actions about which the language has rules of its own: what they
// conclude cannot be argued away.
const (
	smokeAction   = "smoke"
	promoteAction = "promote"
)

func (as Actions) names() []string { return slices.Sorted(maps.Keys(as)) }

// joins reports whether a task is done for all images at once.
func (as Actions) joins(t *Task) bool {
	a := as[t.Action]
	return a.Joins != nil && a.Joins(t.Args)
}
