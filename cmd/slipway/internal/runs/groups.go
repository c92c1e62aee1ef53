package runs

import (
	"context"

	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/plan"
)

// groups are the computed groups as far as they are known before the run; a run
// that goes on keeps those it began with.
func (r *Runner) groups(ctx context.Context, req Request, s site.Site, before *earlier) (map[string][]string, error) {
	if before.planned.Images != nil {
		return before.planned.Groups, nil
	}
	return preview.Told(ctx, r.site, s.Inventory, s.Family, req.Since, before.journal.ID())
}

// settle works out the groups that are as they were just before the run, as far
// as a play asks for them.
func (y *yard) settle(ctx context.Context, p *plan.Plan) error {
	return preview.Groups{
		App: y.app, Images: y.read.Inventory.Images, Onlooker: y.onlooker,
		Gate: func() (*gate.Gate, error) { return y.gate, nil },
	}.Settle(ctx, p.Uses, p.SetGroup)
}

// onlooker decides without doing anything, by the registry and the memory of the
// run.
func (y *yard) onlooker() (*decide.Decider, error) {
	d, err := preview.Onlooker(y.site, y.read.Inventory, y.read.Family)
	if err != nil {
		return nil, err
	}
	d.Registry, d.Memory = y.client, y.builds
	return d, nil
}
