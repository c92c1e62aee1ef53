package app

import (
	"context"
	"path/filepath"

	"github.com/slipway-build/slipway/core/bases"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
)

// PinsFile is where the pins of an inventory's outside bases are.
func PinsFile(inv *inventory.Inventory) string { return filepath.Join(inv.Dir, bases.File) }

// bases says which images of others are taken.
func (a *App) bases(inv *inventory.Inventory, seen decide.Sightings) (decide.Bases, error) {
	pins, found := bases.Read(PinsFile(inv))
	return decide.Bases{Pins: pins, Locked: a.Flags.Locked, Seen: seen}, found.Err()
}

// etag asks for the version of a remote file, unless nobody may be asked.
func (a *App) etag(ctx context.Context, url string) (string, error) {
	if a.Flags.Offline {
		return "", registry.ErrOffline
	}
	return new(buildkey.Prober).ETag(ctx, url)
}
