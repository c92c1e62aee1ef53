package decide

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// images binds every reference to what stands for it in this run.
func (g *gathering) images(ctx context.Context) error {
	for _, in := range g.answer.Images {
		bind := g.other
		if g.node.Parent(in.Reference) != "" {
			bind = g.ours
		}
		if err := bind(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// bound keeps what a reference was bound to.
func (g *gathering) bound(in strategy.ImageInput, base strategy.BaseImage, identity string) {
	base.Reference, base.Platform = in.Reference, in.Platform
	g.bases = append(g.bases, base)
	facts := &g.known.Facts
	facts.Images = append(facts.Images, plan.IdentityOf(in).As(identity))
	if in.Kind == strategy.Base {
		g.part.Base = Base{Image: g.node.Parent(in.Reference), Reference: in.Reference, Digest: base.Digest, ImageID: base.ImageID}
	}
}

// ours binds a reference to an image of the inventory. Its identity is its
// image ID, so that a parent rebuilt to the same content changes nothing.
func (g *gathering) ours(ctx context.Context, in strategy.ImageInput) error {
	parent := g.node.Parent(in.Reference)
	p, err := g.StandIn(ctx, parent, g.answer.For(in))
	if mistaken(err) {
		return err
	}
	if err != nil {
		return g.unknown(ctx, in.Reference, err)
	}
	if p.ImageID == "" {
		g.known.Open = append(g.known.Open, plan.Open{
			Parent: parent, Blocked: p.Fate == plan.Blocked,
			Input: plan.IdentityOf(in),
		})
		return nil
	}
	base := strategy.BaseImage{ImageID: p.ImageID, Location: p.location(g.Store.Storage())}
	if p.Manifest != nil {
		base.Digest = p.Manifest.Digest
	}
	g.bound(in, base, p.ImageID)
	return nil
}

// other binds a reference to somebody else's image. Its identity is the digest
// that it resolves to now.
func (g *gathering) other(ctx context.Context, in strategy.ImageInput) error {
	r, err := reference.Parse(in.Reference)
	if err != nil {
		return fmt.Errorf("deciding %s: %w", in.Reference, err)
	}
	m, err := g.Outside(ctx, r.Tagged().Exact(), g.answer.For(in))
	if errors.Is(err, registry.ErrNotFound) || errors.Is(err, errUnpinned) || errors.Is(err, errPinGone) {
		return baseProblem(g.node.Image, in, err)
	}
	if err != nil {
		return g.unknown(ctx, in.Reference, baseProblem(g.node.Image, in, err))
	}
	g.bound(in, strategy.BaseImage{
		Digest: m.Digest, ImageID: m.ImageID, Location: "docker://" + m.Reference(),
	}, m.Digest)
	return nil
}

// resolve asks a registry, for a limited time.
func (d *Decider) resolve(ctx context.Context, ref string) (registry.Manifest, error) {
	limited, cancel := d.within(ctx)
	defer cancel()
	m, err := d.Registry.Resolve(limited, ref)
	if err != nil && limited.Err() != nil {
		err = fmt.Errorf("looking up %s: %w", ref, context.Cause(limited))
	}
	return m, err
}

// StandIn returns what stands for an image of the inventory on a platform: what
// this run decided, else, for an image that is not part of the run, the image of
// its current key. A part without an image ID is one that is not decided yet.
func (d *Decider) StandIn(ctx context.Context, name, platform string) (Part, error) {
	if p, ok := d.Products.Get(name); ok {
		if part, ok := p.For(platform); ok && (part.ImageID != "" || part.Fate != "") {
			return part, nil
		}
	}
	image := d.Family.Node(name).Image
	p, err := d.standIns.get(name, func() (Product, error) { return d.standIn(ctx, image) })
	if err != nil {
		return Part{}, err
	}
	part, ok := p.For(platform)
	if !ok {
		return part, parentMissing(image, image.Repository+":latest has no image for "+platform)
	}
	return part, nil
}

func (d *Decider) standIn(ctx context.Context, image *inventory.Image) (Product, error) {
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
	m, err := d.resolve(ctx, ref)
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
