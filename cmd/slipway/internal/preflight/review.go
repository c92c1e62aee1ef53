package preflight

import (
	"context"
	"time"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/plan"
)

// Review does all that a run does before anything runs: it loads, plans and
// checks, and answers the plan. Secrets are not read, and nothing is begun.
func Review(ctx context.Context, a *app.App, req Request) (*plan.Plan, error) {
	r := site.New(a)
	s, err := r.Read(ctx, req.Plays)
	if err != nil {
		return nil, err
	}
	groups, err := preview.Told(ctx, r, s.Inventory, s.Family, req.Since, "")
	if err != nil {
		return nil, err
	}
	secrets, err := a.UnreadSecrets()
	if err != nil {
		return nil, err
	}
	p, err := bind(a, req, s, plan.Options{Groups: groups, Run: plan.RunInfo{ID: "preview", Started: time.Now().UTC(), Secrets: secrets}})
	if err != nil {
		return nil, err
	}
	seen, err := preview.Of(ctx, r, s.Inventory, s.Family)
	if err != nil {
		return nil, err
	}
	if err := seen.Settle(ctx, p.Uses, p.SetGroup); err != nil {
		return nil, err
	}
	_, err = Prove(r, s, p)
	return p, err
}
