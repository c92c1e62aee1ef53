package app

import (
	"context"

	"github.com/slipway-build/slipway/core/plan"
)

// Review does all that a run does before anything runs: it loads, plans and
// checks, and answers the plan.
func (a *App) Review(ctx context.Context, req RunRequest) (*plan.Plan, error) {
	inv, family, err := a.Site(ctx, req.Playbooks...)
	if err != nil {
		return nil, err
	}
	books, err := a.books(req)
	if err != nil {
		return nil, err
	}
	secrets, err := a.UnreadSecrets()
	if err != nil {
		return nil, err
	}
	s := site{inv, family, books}
	p, err := a.planned(ctx, req, s, plan.RunInfo{ID: "preview", Secrets: secrets})
	if err != nil {
		return nil, err
	}
	_, err = a.prove(s, p)
	return p, err
}
