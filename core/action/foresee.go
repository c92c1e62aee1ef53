package action

import (
	"context"
	"slices"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
)

// Foresee returns an action that does not look, in check mode, at images which
// this run would first have to build, push or prove: it answers that they would
// change. Everything else is a's to do. verb says what a would do.
func Foresee(a Action, products *decide.Products, verb string) engine.Action {
	f := foreseen{a, products, engine.Result{Changed: true, Verb: verb, Detail: "after what comes before", Values: a.Declare().Nothing()}}
	if joint, ok := engine.Action(a).(engine.Joint); ok {
		return foreseenTogether{joint, f}
	}
	return f
}

// A foreseen is an action that works on one image at a time.
type foreseen struct {
	engine.Action
	products *decide.Products
	result   engine.Result
}

func (f foreseen) coming(step engine.Step) bool {
	p, _ := f.products.Get(step.Image.Name)
	return step.Check && p.Foreseen
}

// Run answers for an image that is not there yet.
func (f foreseen) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	if f.coming(step) {
		return f.result, nil
	}
	return f.Action.Run(ctx, step)
}

// Revive has the action bring back what a finished step had left.
func (f foreseen) Revive(ctx context.Context, step engine.Step, value map[string]any) error {
	if r, ok := f.Action.(engine.Reviver); ok {
		return r.Revive(ctx, step, value)
	}
	return nil
}

// Fleeting reports whether what the action makes is gone with the process.
func (f foreseen) Fleeting(args document.Node) bool {
	one, ok := f.Action.(engine.Fleeting)
	return ok && one.Fleeting(args)
}

// A foreseenTogether is an action that can work on all images of a play at
// once.
type foreseenTogether struct {
	engine.Joint
	one foreseen
}

// Run answers for an image that is not there yet.
func (f foreseenTogether) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	return f.one.Run(ctx, step)
}

// Revive is that of the action.
func (f foreseenTogether) Revive(ctx context.Context, step engine.Step, value map[string]any) error {
	return f.one.Revive(ctx, step, value)
}

// Fleeting is that of the action.
func (f foreseenTogether) Fleeting(args document.Node) bool { return f.one.Fleeting(args) }

// RunTogether answers for all when one of them is not there yet: what concerns
// all cannot be looked at without it.
func (f foreseenTogether) RunTogether(ctx context.Context, steps []engine.Step, lost []string) []engine.Ending {
	if slices.ContainsFunc(steps, f.one.coming) {
		return all(steps, engine.Ending{Result: f.one.result})
	}
	return f.Joint.RunTogether(ctx, steps, lost)
}
