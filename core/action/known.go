package action

import (
	"context"
	"errors"
	"fmt"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
)

// pushed returns the manifest of an image as its repository holds it: the one
// that this run pushed or found, else what a tag names. Who only looks makes
// no candidate of it.
func (d *Decider) pushed(ctx context.Context, image *inventory.Image, tag string) (registry.Manifest, error) {
	product, ok := d.Products.Get(image.Name)
	if ok && product.Manifest != nil {
		return *product.Manifest, nil
	}
	if ok && product.Built {
		return registry.Manifest{}, fmt.Errorf("%s was built and not pushed, so that no registry knows a digest of it; push it first", image.Name)
	}
	ref := image.Repository + ":" + tag
	m, err := d.Registry.Resolve(ctx, ref)
	if errors.Is(err, registry.ErrNotFound) {
		return m, fmt.Errorf("%s does not exist; push it first, or name another tag", ref)
	}
	return m, unreachable(err)
}
