package site

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/slipway-build/slipway/core/bases"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/source"
)

// Since works out the group `changed`: the images that the working tree builds
// otherwise than a revision of git. Without a revision nobody knows.
func (r *Reader) Since(ctx context.Context, inv *inventory.Inventory, family *plan.Family, rev string) (map[string][]string, error) {
	if rev == "" {
		return nil, nil
	}
	repo, err := source.Open(ctx, inv.Dir, r.App.Environ())
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
	var before plan.Earlier
	if plan.TellsOtherwise(inv.Dir, files) {
		if before, err = r.asOf(ctx, repo, inv, fork); err != nil {
			return nil, err
		}
	}
	changed, err := family.Changed(ctx, files, before)
	return map[string][]string{"changed": changed}, err
}

// PinsFile is where the pins of an inventory's outside bases are.
func PinsFile(inv *inventory.Inventory) string { return filepath.Join(inv.Dir, bases.File) }

// asOf reads the inventory and its lock as they were. What was not there, or
// could not be read, told no image anything.
func (r *Reader) asOf(ctx context.Context, repo *source.Repository, inv *inventory.Inventory, commit string) (plan.Earlier, error) {
	var none plan.Earlier
	spaces, err := r.Workspaces()
	if err != nil {
		return none, err
	}
	tmp, remove, err := spaces.Aside()
	if err != nil {
		return none, fmt.Errorf("looking at the inventory of %s: %w", commit, err)
	}
	defer remove()
	if _, err := repo.Extract(ctx, commit, inv.Dir, tmp); err != nil {
		return none, err
	}
	o, err := r.reading(ctx)
	if err != nil {
		return none, err
	}
	was, _ := bases.Read(filepath.Join(tmp, bases.File))
	is, ds := bases.Read(PinsFile(inv))
	if err := ds.Err(); err != nil {
		return none, err
	}
	before, found := inventory.Load(tmp, o)
	if found.Err() != nil {
		before = new(inventory.Inventory)
	}
	return plan.Earlier{Inventory: before, Moved: was.Moved(is)}, nil
}
