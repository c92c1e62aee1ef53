package site

import (
	"maps"
	"slices"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/playbook"
)

// A definer is an action that defines variables for later tasks.
type definer interface {
	// Defines returns their names, given the arguments as written.
	Defines(args document.Node) []string
}

// An expressive action has arguments that are expressions without braces.
type expressive interface {
	// Expressions returns them, given the arguments as written.
	Expressions(args document.Node) []document.Node
}

// Actions returns what reading playbooks takes to know of the actions. root is
// the project's, where templates are looked for.
func Actions(root string) playbook.Actions {
	out := playbook.Actions{}
	for name, a := range action.All() {
		declared := a.Declare()
		known := playbook.Action{Check: declared.Judge, Builds: declared.Builder, Result: declared.Shape(), Alone: declared.Alone}
		if joint, ok := a.(engine.Joint); ok {
			known.Joins = joint.Joins
		}
		if d, ok := a.(definer); ok {
			known.Defines = d.Defines
		}
		if e, ok := a.(expressive); ok {
			known.Expressions = e.Expressions
		}
		if name == "template" {
			known.Text = &playbook.Text{Argument: "src", Read: (&action.Template{Dir: root}).Source}
		}
		out[name] = known
	}
	return out
}

// ActionNames returns the names of all actions, sorted.
func ActionNames() []string { return slices.Sorted(maps.Keys(action.All())) }
