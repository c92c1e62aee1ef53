package site

import (
	"context"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Asker asks strategies what images depend on.
func (r *Reader) Asker() plan.Asker {
	return func(ctx context.Context, image *inventory.Image, platform string) (strategy.PlanResponse, error) {
		session, err := r.App.Catalog().Session(image.Strategy)
		if err != nil {
			return unknownStrategy(image, err)
		}
		ask := func(q strategy.PlanRequest) (strategy.PlanResponse, error) {
			q.Config, q.Target, q.Args = image.Config, strategy.Target{Image: image.Name, Platform: platform}, image.Args
			return r.App.Catalog().Plan(ctx, image.Strategy, session, q)
		}
		if len(image.Layers) == 0 {
			return ask(strategy.PlanRequest{Workspace: image.Dir})
		}
		return r.sourced(ctx, image, ask)
	}
}

// unknownStrategy gives the catalog's diagnostic the place where the strategy
// is named.
func unknownStrategy(image *inventory.Image, err error) (strategy.PlanResponse, error) {
	ds := diag.Of(err)
	if ds == nil {
		return strategy.PlanResponse{}, err
	}
	for i := range ds {
		ds[i].Pos = image.StrategyPos()
	}
	return strategy.PlanResponse{Diagnostics: ds}, nil
}
