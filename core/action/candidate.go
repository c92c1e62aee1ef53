package action

import (
	"context"
	"errors"
	"fmt"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
)

// candidate returns the pushed digest of an image that is to be proved or
// promoted: the one this run pushed or found, else what stands under the
// candidate's tag in its repository.
func (d *Decider) candidate(ctx context.Context, image *inventory.Image, tag string) (Product, error) {
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
	if product.Parts, err = d.parts(ctx, image, m); err != nil {
		return product, unreachable(err)
	}
	product.Manifest = &m
	d.Products.Put(image.Name, product)
	return product, nil
}

// baseOf reads from the annotations of a manifest, or of its entry in an index,
// what the image was built on.
func (d *Decider) baseOf(image *inventory.Image, m registry.Manifest) Base {
	name := m.Annotations[annotationBaseName]
	return Base{
		Image: d.Family.Node(image.Name).Parent(name), Reference: name,
		Digest: m.Annotations[annotationBaseDigest], ImageID: m.Annotations[annotationBaseID],
	}
}
