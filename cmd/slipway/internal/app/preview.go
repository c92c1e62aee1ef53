package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/engine"
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
	Builds    *ledger.Builds // what was built here, for reading

	groups map[string][]string // computed groups
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
	state, err := a.State()
	if err != nil {
		return nil, err
	}
	builds := ledger.Recall(state)
	a.closeLater(builds.Close)
	decider, err := a.onlooker(family)
	if err != nil {
		return nil, err
	}
	decider.Registry, decider.Memory = client, builds
	return &Preview{Inventory: inv, Family: family, Decider: decider, Builds: builds}, nil
}

// onlooker is a decider that reads the storage and no more.
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
	return &action.Decider{
		Family: family, Products: new(action.Products), Store: store, Memo: memo, Describe: a.Catalog().Describe, Identity: a.Catalog().Identity,
		ETag: new(buildkey.Prober).ETag, Strict: true,
		Warn: func(d diag.Diagnostic) { a.Warn(d) },
	}, nil
}

// Since works out what the group changed is, for patterns.
func (p *Preview) Since(ctx context.Context, a *App, rev string) (err error) {
	p.groups, err = a.since(ctx, p.Inventory, p.Family, rev)
	return err
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
		if images, ds = p.Inventory.Select(parsed, p.Family, p.groups, false); ds.Err() != nil {
			return nil, ds
		}
	}
	return p.Decider.Preview(ctx, images)
}

// Image returns the named image.
func (p *Preview) Image(name string) (*inventory.Image, error) {
	if image := p.Inventory.Image(name); image != nil {
		return image, nil
	}
	return nil, unknownImage(p.Inventory, name)
}

// Undecided is the error of the images about which too little is known, told
// once for each of them that has a cause of its own.
func Undecided(decisions []action.Decision) error {
	var errs []error
	for _, d := range decisions {
		for _, r := range d.Reasons {
			if d.Fate == plan.Blocked && r.Kind == plan.BecauseUnknown {
				errs = append(errs, fmt.Errorf("%s could not be decided: %s", d.Image, r.New))
			}
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return &engine.UnreachableError{Err: errors.Join(errs...)}
}
