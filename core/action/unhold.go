package action

import (
	"context"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
)

// Unhold is the action that lifts the hold on a tag of the image.
type Unhold struct {
	Gate  *gate.Gate
	Actor string
}

// unholdArgs are the arguments of `unhold`.
type unholdArgs struct {
	Tag string `yaml:"tag" default:"latest" doc:"the tag that is free again"`
}

// Declare declares the action.
func (*Unhold) Declare() declare.Action {
	return declare.Action{
		Name:    "unhold",
		Summary: "lift the hold on a tag",
		About:   "A tag that nothing holds is left alone.",
		Args:    new(unholdArgs), Result: new(holdResult),
		Check:    "Says that it would lift the hold, and does not.",
		Examples: []string{"name: The weekend is over\nunhold:"},
	}
}

// Run lifts the hold on a tag of the image of a step.
func (u *Unhold) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	a, err := declare.Decode[unholdArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	target := gate.Target{Image: step.Image.Name, Repository: step.Image.Repository, Tag: a.Tag}
	there, err := holdOn(ctx, u.Gate, target)
	if err != nil {
		return engine.Result{}, err
	}
	result := engine.Result{Verb: "free", Detail: a.Tag, Values: resultOf(a.Tag, there)}
	if there == nil {
		return result, nil
	}
	result.Changed, result.Digest, result.Detail = true, there.Digest, a.Tag+", was held: "+there.Reason
	if step.Check {
		result.Verb = "would be free"
		return result, nil
	}
	_, err = u.Gate.Release(ctx, target, u.Actor)
	return result, unreachable(err)
}
