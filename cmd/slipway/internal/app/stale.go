package app

import (
	"context"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
)

// stale works out the group `stale` when a play asks for it: the images whose
// build is not known, as they are before the run. One about which nothing could
// be found out is among them, for unknown is not unchanged.
func (a *App) stale(ctx context.Context, y *yard, p *plan.Plan, images []*inventory.Image) error {
	if !p.Uses("stale") {
		return nil
	}
	decider, err := a.onlooker(y.site.inv, p.Family)
	if err != nil {
		return err
	}
	decider.Registry, decider.Memory = y.client, y.decider.Memory
	decisions, err := decider.Preview(ctx, images)
	if err != nil {
		return err
	}
	p.SetGroup("stale", staleAmong(decisions))
	return nil
}

// staleAmong names the images whose build is not known.
func staleAmong(decisions []decide.Decision) []string {
	names := []string{}
	for _, d := range decisions {
		if d.Fate != plan.Reuse && d.Fate != plan.Retag {
			names = append(names, d.Image)
		}
	}
	return names
}
