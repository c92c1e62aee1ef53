package action

import (
	"context"
	"errors"
	"fmt"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
)

// candidateTag is where candidates stand unless a task says otherwise.
const candidateTag = "test"

// candidate returns the pushed digest of an image that is to be proved or
// promoted: the one this run pushed or found, else what stands under the
// candidate's tag in its repository.
func candidate(ctx context.Context, d *decide.Decider, image *inventory.Image, tag string) (decide.Product, error) {
	product, ok := d.Products.Get(image.Name)
	if ok && product.Manifest != nil {
		return product, nil
	}
	if ok && product.Built {
		return product, fmt.Errorf("%s was built and not pushed: only what a registry holds can be proved and promoted; push it first", image.Name)
	}
	ref := image.Repository + ":" + tag
	m, err := d.Registry.Resolve(ctx, ref)
	if errors.Is(err, registry.ErrNotFound) {
		return product, fmt.Errorf("there is no candidate of %s: %s does not exist; push it first", image.Name, ref)
	}
	if err != nil {
		return product, unreachable(err)
	}
	if product.Parts, err = d.Parts(ctx, image, m); err != nil {
		return product, unreachable(err)
	}
	product.Manifest = &m
	d.Products.Put(image.Name, product)
	return product, nil
}

// pushed returns the manifest of an image as its repository holds it: the one
// that this run pushed or found, else what a tag names. Who only looks makes
// no candidate of it.
func pushed(ctx context.Context, d *decide.Decider, image *inventory.Image, tag string) (registry.Manifest, error) {
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
