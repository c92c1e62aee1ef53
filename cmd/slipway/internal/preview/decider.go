package preview

import (
	"context"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/bases"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Decider returns what decides about the images of a site, by the sightings of
// outside bases in seen. Whoever has it adds the registry, the memory of builds
// and the container storage that it is to go by, and who is warned.
func Decider(r *site.Reader, inv *inventory.Inventory, family *plan.Family, seen decide.Sightings) (*decide.Decider, error) {
	memo, err := r.App.Memo()
	if err != nil {
		return nil, err
	}
	pins, found := bases.Read(site.PinsFile(inv))
	if err := found.Err(); err != nil {
		return nil, err
	}
	spaces, err := r.Workspaces()
	if err != nil {
		return nil, err
	}
	return &decide.Decider{
		Workspaces: spaces, Bases: decide.Bases{Pins: pins, Locked: r.App.Flags.Locked, Seen: seen},
		Family: family, Products: new(decide.Products), Memo: memo,
		Describe: r.App.Catalog().Describe, Identity: r.App.Catalog().Identity, ETag: etag(r.App),
	}, nil
}

// Onlooker is a decider that reads the storage and no more.
func Onlooker(r *site.Reader, inv *inventory.Inventory, family *plan.Family) (*decide.Decider, error) {
	store, err := r.App.Glance()
	if err != nil {
		return nil, err
	}
	state, err := r.App.State()
	if err != nil {
		return nil, err
	}
	d, err := Decider(r, inv, family, ledger.RecallSightings(state))
	if err != nil {
		return nil, err
	}
	d.Store, d.Strict, d.Warn = store, true, func(found diag.Diagnostic) { r.App.Warn(found) }
	return d, nil
}

// etag asks for the version of a remote file, unless nobody may be asked.
func etag(a *app.App) func(ctx context.Context, url string) (string, error) {
	return func(ctx context.Context, url string) (string, error) {
		if a.Flags.Offline {
			return "", registry.ErrOffline
		}
		return new(buildkey.Prober).ETag(ctx, url)
	}
}
