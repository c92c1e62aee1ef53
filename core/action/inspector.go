package action

import (
	"context"
	"fmt"
	"slices"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/platform"
)

// An Inspector finds out what images are, without running them: for the action
// `inspect`, and for templates that read .image.facts.
//
// The facts of an image of the inventory are those of one thing: what this run
// made or found of it, pushed or not; else what a tag of it names; else there
// are none, which is an error. What follows from a manifest's digest is asked
// for once and kept; the tags of a repository are asked for each time.
type Inspector struct {
	Shelf *Shelf
	Cache FactCache
}

// FactShape is what templates find below .image.facts.
func FactShape() *vars.Shape { return declare.ShapeOf(imageFacts{}) }

// Facts returns the facts of an image for templates; its tags only when they
// are among names. In check mode nothing is known of an image that would first
// have to be built or pushed: every value is empty.
func (i *Inspector) Facts(ctx context.Context, image *inventory.Image, names []string, check bool) (map[string]any, error) {
	var f imageFacts
	if p, _ := i.Shelf.Decider.Products.Get(image.Name); !check || !p.Foreseen {
		var err error
		if f, err = i.own(ctx, image, candidateTag, slices.Contains(names, "tags")); err != nil {
			return nil, fmt.Errorf("reading the facts of %s: %w", image.Name, err)
		}
	}
	values := declare.Values(f)
	if !slices.Contains(names, "tags") {
		delete(values, "tags")
	}
	return values, nil
}

// own looks for an image of the inventory where it is known best.
func (i *Inspector) own(ctx context.Context, image *inventory.Image, tag string, tags bool) (imageFacts, error) {
	p, _ := i.Shelf.Decider.Products.Get(image.Name)
	if part, ok := p.Here(); ok && p.Manifest == nil && part.ImageID != "" && i.Shelf.Store.Has(part.ImageID) {
		return i.local(image.Repository, part.ImageID, p)
	}
	m, err := pushed(ctx, i.Shelf.Decider, image, tag)
	if err != nil {
		return imageFacts{}, err
	}
	return i.remote(ctx, m.Reference(), m, tags)
}

// local reads the facts of an image that only local storage has. Of an image for
// several platforms they are those for this machine.
func (i *Inspector) local(name, imageID string, p decide.Product) (imageFacts, error) {
	raw, err := i.Shelf.Store.RawConfig(imageID)
	if err != nil {
		return imageFacts{}, err
	}
	f := imageFacts{Reference: name, ImageID: imageID}
	if len(p.Parts) > 1 {
		f.Platforms = p.Platforms()
	}
	if err := f.readConfig(raw); err != nil {
		return f, err
	}
	size, err := i.Shelf.Store.Size(imageID)
	f.Size = int(size)
	return f, err
}

// remote asks the registry. Of an image for several platforms, the config and
// the layers are those for this machine, or, when there is nothing for it, for
// the first.
func (i *Inspector) remote(ctx context.Context, ref string, m registry.Manifest, tags bool) (imageFacts, error) {
	f, err := i.content(ctx, ref, m)
	if err != nil {
		return f, err
	}
	f.Reference, f.Digest = ref, m.Digest
	if m.IsIndex() {
		f.Platforms = platformsOf(m)
	}
	if tags {
		f.Tags, err = i.tags(ctx, m.Repository)
	}
	return f, err
}

// content returns what follows from a manifest, from the cache if it is there.
func (i *Inspector) content(ctx context.Context, ref string, m registry.Manifest) (imageFacts, error) {
	child, of := displayed(m)
	digest := m.Digest
	if of {
		digest = child.Digest
	}
	if f, ok := i.Cache.get(digest); ok {
		return f, nil
	}
	f := imageFacts{Reference: ref}
	if of {
		var err error
		if m, err = i.Shelf.child(ctx, m, child); err != nil {
			return f, err
		}
	}
	_, raw, err := i.Shelf.Client.Config(ctx, m)
	if err != nil {
		return f, unreachable(err)
	}
	f.ImageID = m.ImageID
	if err := f.readConfig(raw); err != nil {
		return f, err
	}
	if err := f.readManifest(m); err != nil {
		return f, err
	}
	return f, i.Cache.put(digest, f)
}

// displayed is the image of an index of which config and layers are told.
func displayed(m registry.Manifest) (registry.Child, bool) {
	images := m.Images()
	if !m.IsIndex() || len(images) == 0 {
		return registry.Child{}, false
	}
	if own, ok := m.Child(platform.Own()); ok {
		return own, true
	}
	return images[0], true
}

// tags are those of the repository that people give: slipway's own begin with
// sw-.
func (i *Inspector) tags(ctx context.Context, repository string) ([]string, error) {
	all, err := i.Shelf.Client.Tags(ctx, repository)
	var out []string
	for _, tag := range all {
		if !decide.OwnTag(tag) {
			out = append(out, tag)
		}
	}
	return out, unreachable(err)
}
