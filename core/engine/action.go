package engine

import (
	"context"
	"errors"
	"io"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
)

// An Action is what a task does to one image. Implementations are safe for
// concurrent use: steps of different images run at the same time.
type Action interface {
	// Run does the work. A nil error means that the image is as the task wants
	// it. With Step.Check set it changes nothing and answers what it would do.
	// A result beside an error is kept for templates.
	Run(ctx context.Context, step Step) (Result, error)
}

// A Joint action can do one task for all images of a play at once: a
// deployment, or a promotion set.
type Joint interface {
	Action
	// Joins reports whether it does so with these arguments.
	Joins(args document.Node) bool
	// RunTogether does the work for all steps and answers one Ending for each,
	// in their order. lost names the images that left the play before.
	RunTogether(ctx context.Context, steps []Step, lost []string) []Ending
}

// A Reviver is an action that leaves something in the process on which later
// steps rely.
type Reviver interface {
	// Revive brings that back in another process, for a step that is not done
	// again: value is what it registered. With [ErrAgain] the step is done again,
	// and so is everything that followed it on the image.
	Revive(ctx context.Context, step Step, value map[string]any) error
}

// ErrAgain is a [Reviver]'s answer when a finished step cannot be relied on.
var ErrAgain = errors.New("what the step had made is not there any more")

// A Fleeting action makes what is gone with the process. A run that is resumed
// does it again.
type Fleeting interface {
	// Fleeting reports whether it does with these arguments, as they are written.
	Fleeting(args document.Node) bool
}

// An Onlooker may do nothing but look at what others have made. When a run that
// is resumed makes something again, whoever had looked at it looks again.
type Onlooker interface {
	// Looks reports whether that is all it does with these arguments, as they are
	// written.
	Looks(args document.Node) bool
}

// An Opaque action does what nobody can look up afterwards: whether a program
// came to its end, or a request was served. A run that was killed meanwhile can
// only ask.
type Opaque interface {
	// Opaque reports whether a step is of that kind. One that may be done twice
	// is not, and one that says by itself whether there is something to do.
	Opaque(step Step) bool
	// Assumed is what such a step came to of which is only said that it was done.
	Assumed(step Step) Result
}

// A Step is one task on one image: what an action is given.
type Step struct {
	ID     event.Step
	Image  *inventory.Image
	Args   document.Node                                  // templates expanded; absent when the task has none
	Expand func(document.Node) (document.Node, diag.List) // templates, as this step sees them
	Dir    string                                         // where the task's own files are looked for
	Env    []string                                       // "KEY=VALUE", sorted: what the task adds to the environment of processes
	Check  bool                                           // change nothing
	Diff   bool                                           // answer Result.Diff
	Log    io.Writer                                      // output of the step: shown line by line and kept whole
	Events event.Sink
}

// A Result is what a step came to.
type Result struct {
	Changed  bool
	Skipped  bool // there was nothing to do for this image
	Promoted bool
	Held     bool
	Verb     string // "built", "reused", "test → latest"
	Digest   string
	Detail   string
	Values   map[string]any // what `register` keeps, beside changed, skipped, failed and msg
	Vars     map[string]any // variables of the image for the tasks that follow
	Groups   []string       // computed groups that the image joins: "built", "passed", …
	Diff     []event.Diff
}

// An Ending is how one step of a joint action ended.
type Ending struct {
	Result Result
	Err    error
}
