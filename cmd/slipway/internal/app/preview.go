package app

import (
	"context"
	"path/filepath"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Preview is what would become of images, without anything being done:
// nothing is written but caches, no storage is opened, no namespace entered.
type Preview struct {
	Inventory *inventory.Inventory
	Family    *plan.Family
	Decider   *action.Decider
}

// Preview reads the site and prepares to decide about its images.
func (a *App) Preview(ctx context.Context) (*Preview, error) {
	inv, family, err := a.Site(ctx)
	if err != nil {
		return nil, err
	}
	client, err := a.Registry(ctx, inv.Embedded())
	if err != nil {
		return nil, err
	}
	decider, err := a.onlooker(family)
	if err != nil {
		return nil, err
	}
	decider.Registry = client
	return &Preview{inv, family, decider}, nil
}

// onlooker is a decider that reads the storage and the ledger and no more.
func (a *App) onlooker(family *plan.Family) (*action.Decider, error) {
	o, err := a.storeOptions()
	if err != nil {
		return nil, err
	}
	store, err := container.LookAt(o)
	if err != nil {
		return nil, err
	}
	memo, err := a.Memo()
	if err != nil {
		return nil, err
	}
	state, err := a.State()
	if err != nil {
		return nil, err
	}
	return &action.Decider{
		Family: family, Products: new(action.Products), Store: store, Memory: ledger.Recall(filepath.Clean(state)),
		Memo: memo, Describe: a.Catalog().Describe, ETag: new(buildkey.Prober).ETag, Strict: true,
		Warn: func(d diag.Diagnostic) { a.Warn(d) },
	}, nil
}

// Decide decides the images that a pattern selects, in the order of building;
// the empty pattern selects all.
func (p *Preview) Decide(ctx context.Context, pattern string) ([]action.Decision, error) {
	images := p.Inventory.Images
	if pattern != "" {
		parsed, ds := inventory.ParsePattern(pattern, diag.Pos{})
		if err := ds.Err(); err != nil {
			return nil, err
		}
		if images, ds = p.Inventory.Select(parsed, p.Family, nil, false); ds.Err() != nil {
			return nil, ds
		}
	}
	return p.Decider.Preview(ctx, images)
}
