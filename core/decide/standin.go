package decide

import (
	"context"
	"errors"
	"slices"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

// standIn returns what stands for an image of the inventory on a platform: what
// this run decided, else, for an image that is not part of the run, the image of
// its current key. A part without an image ID is one that is not decided yet.
func (d *Decider) standIn(ctx context.Context, name, platform string) (Part, error) {
	if p, ok := d.Products.Get(name); ok {
		if part, ok := p.For(platform); ok && (part.ImageID != "" || part.Fate != "") {
			return part, nil
		}
	}
	image := d.Family.Node(name).Image
	p, err := d.standIns.get(name, func() (Product, error) { return d.unselected(ctx, image) })
	if err != nil {
		return Part{}, err
	}
	part, ok := p.For(platform)
	if !ok {
		return part, parentMissing(image, image.Repository+":latest has no image for "+platform)
	}
	return part, nil
}

// unselected returns what stands for an image that is not part of the run.
func (d *Decider) unselected(ctx context.Context, image *inventory.Image) (Product, error) {
	decision, err := d.Decide(ctx, image)
	switch {
	case err != nil:
		return Product{}, err
	case decision.Fate == plan.Blocked:
		return Product{}, decision.Trouble
	case decision.Fate == plan.Maybe:
		return decision.Pending(), nil
	case decision.Known():
		return decision.Product, nil
	default:
		return d.tagged(ctx, image, decision.Product)
	}
}

// tagged falls back to what the image's repository holds as latest, for the
// platforms of which the current build is not there, and says so.
func (d *Decider) tagged(ctx context.Context, image *inventory.Image, p Product) (Product, error) {
	if image.Local() {
		return p, parentMissing(image, "its current build is not there")
	}
	ref := image.Repository + ":latest"
	m, err := d.Now(ctx, ref)
	if errors.Is(err, registry.ErrNotFound) {
		return p, parentMissing(image, "neither its current build nor "+ref+" is there")
	}
	if err != nil {
		return p, err
	}
	d.Warn(diag.Warningf("parent-outdated", image.Pos, "%s is not selected and its current build is not there: %s stands for it", image.Name, ref))
	parts, err := d.Parts(ctx, image, m)
	known := slices.DeleteFunc(slices.Clone(p.Parts), func(one Part) bool { return one.ImageID == "" })
	p.Parts = append(known, parts...)
	return p, err
}

// parentMissing tells of a parent that nothing can stand for.
func parentMissing(image *inventory.Image, what string) diag.List {
	return diag.List{diag.Errorf("parent-missing", image.Pos, "%s is not selected, and %s", image.Name, what).
		WithFix("select it as well, for example with -l '+%s'", image.Name)}
}
