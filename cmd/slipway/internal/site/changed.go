package site

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/slipway-build/slipway/core/bases"
	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/diag"
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
	if len(files) > 0 {
		if before, err = r.earlier(ctx, repo, inv, fork, files); err != nil {
			return nil, err
		}
	}
	changed, err := family.Changed(ctx, files, before)
	return map[string][]string{"changed": changed}, err
}

// Unsaid warns of a choice of images by the group changed without a revision.
func Unsaid() diag.Diagnostic {
	return diag.Warningf("no-since", diag.Pos{}, "the group changed is empty, for nobody said since when").WithFix("say --since origin/main")
}

// PinsFile is where the pins of an inventory's outside bases are.
func PinsFile(inv *inventory.Inventory) string { return filepath.Join(inv.Dir, bases.File) }

// earlier reads the site as it was. All of the repository is there again, for any
// file of it may tell an image something: by -i, by -e, beside a playbook, through
// the function file. What was not there, or could not be read, told no
// image anything.
func (r *Reader) earlier(ctx context.Context, repo *source.Repository, inv *inventory.Inventory, commit string, files []string) (plan.Earlier, error) {
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
	tree := filepath.Join(tmp, "tree")
	if err := repo.AsOf(ctx, commit, files, tree); err != nil {
		return none, err
	}
	then := &Reader{App: r.App, playbooks: r.playbooks, past: past{tree: repo.Path, as: tree}}
	before, found, err := then.load(ctx)
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	if err != nil || found.Err() != nil {
		before = new(inventory.Inventory)
	}
	pins, err := moved(bases.Read, then.past, PinsFile(inv))
	if err != nil {
		return none, err
	}
	lock, err := r.App.LockFile()
	if err != nil {
		return none, err
	}
	plugins, err := moved(catalog.ReadLock, then.past, lock)
	return plan.Earlier{Inventory: before, Bases: pins, Strategies: plugins}, err
}

// moved returns what stands for something else in a lock than it did.
func moved[L interface{ Moved(other L) []string }](read func(file string) (L, diag.List), then past, file string) ([]string, error) {
	var was L
	if before := then.at(file); before != "" {
		was, _ = read(before)
	}
	is, found := read(file)
	return was.Moved(is), found.Err()
}
