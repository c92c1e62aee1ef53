package action

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

// keyTag is the tag under which the build of a key is kept.
func keyTag(key string) string { return "sw-" + key }

// build looks the build of the image's key up: in the registry, which wins,
// then here. A build that may come out differently each time is looked for here
// first: the registry may hold another one under its key.
func (g *gathering) build(ctx context.Context) error {
	g.product.Key, g.product.Volatile = string(g.known.Key), g.known.Volatile != ""
	if g.known.Key == "" {
		return nil
	}
	if g.product.Volatile {
		if found, err := g.local(); err != nil || found {
			return err
		}
	}
	if found, err := g.remote(ctx); err != nil || found {
		return err
	}
	_, err := g.local()
	return err
}

// remote asks the registry for the build. Offline it is as if there were none:
// what a run without a registry would do is build.
func (g *gathering) remote(ctx context.Context) (bool, error) {
	image := g.node.Image
	if image.Local() {
		return false, nil
	}
	ref := image.Repository + ":" + keyTag(g.product.Key)
	m, err := g.resolve(ctx, ref)
	if errors.Is(err, registry.ErrNotFound) || errors.Is(err, registry.ErrOffline) {
		return false, nil
	}
	if err != nil && (g.Strict || ctx.Err() != nil) {
		return false, g.unknown(ctx, ref, silent(image, err))
	}
	if err != nil {
		g.Warn(diag.Warningf("registry-unknown", image.RepositoryPos(), "cannot tell whether %s was built before: %s: %s", image.Name, host(image), registry.Reason(err)))
		return false, nil
	}
	g.found(m.ImageID, &m)
	return true, nil
}

// local asks this workstation's memory, which counts as far as the image is
// still in its storage.
func (g *gathering) local() (bool, error) {
	b, ok, err := g.Memory.Built(g.product.Key)
	if err != nil || !ok || !g.Store.Has(b.ImageID) {
		return false, err
	}
	g.found(b.ImageID, nil)
	return true, nil
}

func (g *gathering) found(imageID string, m *registry.Manifest) {
	g.known.Found = imageID
	g.product.ImageID, g.product.Manifest, g.product.Local = imageID, m, g.Store.Has(imageID)
}

// last looks for a build to compare with when there is something to explain:
// here, else in the registry. Without one, or with one that cannot be read,
// there is nothing to compare with, and that decides nothing.
func (g *gathering) last(ctx context.Context) error {
	if g.known.Found != "" && g.known.Volatile == "" {
		return nil
	}
	image := g.node.Image
	b, ok, err := g.Memory.Last(image.Name, image.Platform())
	if err != nil {
		return err
	}
	var facts buildkey.Facts
	if ok && json.Unmarshal(b.Facts, &facts) == nil {
		g.known.Last = &plan.LastBuild{Facts: facts, ImageID: b.ImageID}
		return nil
	}
	if !image.Local() && len(g.known.Trouble) == 0 {
		g.known.Last = g.recorded(ctx)
	}
	return ctx.Err()
}

// tags finds out what the tags that the image should have name.
func (g *gathering) tags(ctx context.Context, tags []string) error {
	if g.product.Manifest == nil {
		return nil
	}
	for _, tag := range tags {
		ref := g.node.Image.Repository + ":" + tag
		m, err := g.resolve(ctx, ref)
		if err != nil && !errors.Is(err, registry.ErrNotFound) {
			return g.unknown(ctx, ref, silent(g.node.Image, err))
		}
		g.known.Tags = append(g.known.Tags, plan.WantedTag{Tag: tag, Now: m.Digest, Want: g.product.Manifest.Digest})
	}
	return nil
}
