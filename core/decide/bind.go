package decide

import (
	"context"
	"errors"
	"fmt"

	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/reference"
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
	p, err := g.standIn(ctx, parent, g.answer.For(in))
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
