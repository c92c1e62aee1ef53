package decide

import (
	"context"
	"errors"

	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

// build looks the build of a platform's key up: in the registry, unless that is
// mute, which wins, then here. A build that may come out differently each time is
// looked for here first: the registry may hold another one under its key.
func (g *gathering) build(ctx context.Context, mute bool) error {
	g.part.Key, g.part.Volatile = string(g.known.Key), g.known.Volatile != ""
	if g.known.Key == "" {
		return nil
	}
	if g.part.Volatile {
		if found, err := g.local(); err != nil || found {
			return err
		}
	}
	if !mute {
		if found, err := g.remote(ctx); err != nil || found {
			return err
		}
	}
	_, err := g.local()
	return err
}

// remote asks the registry for the build.
func (g *gathering) remote(ctx context.Context) (bool, error) {
	if g.node.Image.Local() {
		return false, nil
	}
	m, err := g.ask(ctx, KeyTag(g.part.Key))
	if errors.Is(err, errMute) {
		return false, nil
	}
	if err != nil || m == nil {
		return false, err
	}
	g.found(m.ImageID, m)
	return true, nil
}

// errMute says that the image's repository did not answer, and that this was
// told.
var errMute = errors.New("the registry does not answer")

// ask asks the image's repository what a tag names; nil when there is no such
// tag. Offline it is as if there were none: what a run without a registry would
// do is build.
func (g *gathering) ask(ctx context.Context, tag string) (*registry.Manifest, error) {
	image := g.node.Image
	ref := image.Repository + ":" + tag
	m, err := g.Now(ctx, ref)
	switch {
	case err == nil:
		return &m, nil
	case errors.Is(err, registry.ErrNotFound) || errors.Is(err, registry.ErrOffline):
		return nil, nil //nolint:nilnil // there is none
	case g.Strict || ctx.Err() != nil:
		if err := g.unknown(ctx, ref, silent(image, err)); err != nil {
			return nil, err
		}
		return nil, errMute
	default:
		g.Warn(diag.Warningf("registry-unknown", image.RepositoryPos(), "cannot tell whether %s was built before: %s: %s", image.Name, image.Host(), registry.Reason(err)))
		return nil, errMute
	}
}

// local asks this workstation's memory, which counts as far as the image is
// still in its storage.
func (g *gathering) local() (bool, error) {
	b, ok, err := g.Memory.Built(g.part.Key)
	if err != nil || !ok || !g.Store.Has(b.ImageID) {
		return false, err
	}
	g.found(b.ImageID, nil)
	return true, nil
}

func (g *gathering) found(imageID string, m *registry.Manifest) {
	g.known.Found = imageID
	g.part.ImageID, g.part.Manifest, g.part.Local = imageID, m, g.Store.Has(imageID)
}
