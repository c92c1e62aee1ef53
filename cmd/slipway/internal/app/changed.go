package app

import (
	"context"
	"fmt"
	"os"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/diag"
)

// since works out the group `changed`: the images that the working tree builds
// otherwise than a revision of git. Without a revision nobody knows.
func (a *App) since(ctx context.Context, inv *inventory.Inventory, family *plan.Family, rev string) (map[string][]string, error) {
	if rev == "" {
		return nil, nil
	}
	repo, err := source.Open(ctx, inv.Dir, a.environ)
	if err != nil {
		return nil, err
	}
	fork, err := repo.Fork(ctx, rev)
	if err != nil {
		return nil, err
	}
	files, err := repo.Changed(ctx, fork)
	if err != nil {
		return nil, err
	}
	var before *inventory.Inventory
	if plan.TellsOtherwise(inv.Dir, files) {
		if before, err = a.inventoryAt(ctx, repo, inv.Dir, fork); err != nil {
			return nil, err
		}
	}
	changed, err := family.Changed(ctx, files, before)
	return map[string][]string{"changed": changed}, err
}

// inventoryAt loads the inventory as it was. One that was not there, or could
// not be read, told no image anything.
func (a *App) inventoryAt(ctx context.Context, repo *source.Repository, dir, commit string) (*inventory.Inventory, error) {
	tmp, err := os.MkdirTemp("", "slipway-since-")
	if err != nil {
		return nil, fmt.Errorf("looking at the inventory of %s: %w", commit, err)
	}
	defer os.RemoveAll(tmp)
	if _, err := repo.Extract(ctx, commit, dir, tmp); err != nil {
		return nil, err
	}
	extra, ds := a.extra()
	if err := ds.Err(); err != nil {
		return nil, err
	}
	before, found := inventory.Load(tmp, inventory.Options{Extra: extra})
	if found.Err() != nil {
		return new(inventory.Inventory), nil
	}
	return before, nil
}

// unsaid warns of plays that ask for what changed when nobody said since when.
func unsaid(p *plan.Plan, rev string) diag.List {
	if rev != "" || !p.Uses("changed") {
		return nil
	}
	return diag.List{diag.Warningf("no-since", diag.Pos{}, "the group changed is empty, for nobody said since when").WithFix("say --since origin/main")}
}
