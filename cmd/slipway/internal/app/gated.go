package app

import (
	"context"
	"errors"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
)

// gated works out the groups `held` and `promotable` when a play asks for them,
// as they are before the run: the images on whose latest there is a hold, and
// those that a promote without arguments would move.
func (a *App) gated(ctx context.Context, y *yard, p *plan.Plan, images []*inventory.Image) error {
	if p.Uses("held") {
		held, err := heldAmong(ctx, y.gate, images)
		if err != nil {
			return err
		}
		p.SetGroup("held", held)
	}
	if !p.Uses("promotable") {
		return nil
	}
	decider, err := a.onlooker(y.site.inv, p.Family)
	if err != nil {
		return err
	}
	decider.Registry, decider.Memory = y.client, y.decider.Memory
	promotable, err := promotableAmong(ctx, &action.Promote{Decider: decider, Gate: y.gate, Actor: a.Actor()}, images)
	p.SetGroup("promotable", promotable)
	return err
}

func heldAmong(ctx context.Context, g *gate.Gate, images []*inventory.Image) ([]string, error) {
	targets := make([]gate.Target, len(images))
	for i, m := range images {
		targets[i] = gate.Target{Image: m.Name, Repository: m.Repository, Tag: "latest"}
	}
	holds, err := g.Holds(ctx, targets)
	names := []string{}
	for _, h := range holds {
		names = append(names, h.Image)
	}
	return names, err
}

// promotableAmong asks the gate for each image. An image without a candidate, or
// to which the gate says no, is none of them.
func promotableAmong(ctx context.Context, promote *action.Promote, images []*inventory.Image) ([]string, error) {
	names := []string{}
	for _, m := range images {
		result, err := promote.Run(ctx, engine.Step{Image: m, Check: true})
		if _, unknown := errors.AsType[*engine.UnreachableError](err); unknown {
			return nil, err
		}
		if err == nil && result.Changed {
			names = append(names, m.Name)
		}
	}
	return names, nil
}
