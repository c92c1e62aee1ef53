package app

import (
	"context"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
)

// Plays reads a playbook and binds it to the inventory, for a command that only
// looks.
func (a *App) Plays(ctx context.Context, file string) ([]*plan.Play, *inventory.Inventory, error) {
	inv, family, err := a.Site(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	books, err := a.books(RunRequest{Playbooks: []string{file}})
	if err != nil {
		return nil, nil, err
	}
	secrets, err := a.UnreadSecrets()
	if err != nil {
		return nil, nil, err
	}
	p, found := plan.New(inv, family, books, plan.Options{Run: plan.RunInfo{Secrets: secrets}, Facts: action.FactShape()})
	if err := found.Err(); err != nil {
		return nil, nil, err
	}
	return p.Plays, inv, nil
}
