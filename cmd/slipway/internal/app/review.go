package app

import (
	"context"
	"time"

	"github.com/slipway-build/slipway/core/plan"
)

// Review does all that a run does before anything runs: it loads, plans and
// checks, and answers the plan.
func (a *App) Review(ctx context.Context, req RunRequest) (*plan.Plan, error) {
	s, err := a.read(ctx, req)
	if err != nil {
		return nil, err
	}
	groups, err := a.since(ctx, s.inv, s.family, req.Since)
	if err != nil {
		return nil, err
	}
	secrets, err := a.UnreadSecrets()
	if err != nil {
		return nil, err
	}
	p, err := a.planned(req, s, plan.Options{Groups: groups, Run: plan.RunInfo{ID: "preview", Started: time.Now().UTC(), Secrets: secrets}})
	if err != nil {
		return nil, err
	}
	_, err = a.prove(s, p)
	return p, err
}
