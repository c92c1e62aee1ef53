package action

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/registry"
)

// Registrar is a registry's client as the gate needs it.
type Registrar interface {
	Resolve(ctx context.Context, ref string) (registry.Manifest, error)
	Tag(ctx context.Context, m registry.Manifest, tag string) error
	Untag(ctx context.Context, repository, tag string) error
	Attach(ctx context.Context, subject registry.Manifest, a registry.Artifact) (registry.Manifest, error)
	Referrers(ctx context.Context, subject registry.Manifest, artifactType string) ([]registry.Manifest, error)
}

// A Gateway lets the gate see registries: its own few words for what a client
// of package registry does.
type Gateway struct{ Client Registrar }

var _ gate.Recaller = Gateway{}

// Recall returns the gateway as it reads from what it was answered before, when
// its client has a memory.
func (g Gateway) Recall() gate.Registry {
	if m, ok := g.Client.(*registry.Memory); ok {
		return Gateway{m.Recall()}
	}
	return g
}

// Resolve reads a manifest by tag or digest.
func (g Gateway) Resolve(ctx context.Context, ref string) (gate.Manifest, error) {
	m, err := g.Client.Resolve(ctx, ref)
	return gated(m), missing(err)
}

// Tag puts m's bytes under a tag.
func (g Gateway) Tag(ctx context.Context, m gate.Manifest, tag string) error {
	return g.Client.Tag(ctx, ungated(m), tag)
}

// Untag takes a tag away.
func (g Gateway) Untag(ctx context.Context, repository, tag string) error {
	return missing(g.Client.Untag(ctx, repository, tag))
}

// Attach pushes an artifact that refers to subject.
func (g Gateway) Attach(ctx context.Context, subject gate.Manifest, a gate.Artifact) (gate.Manifest, error) {
	m, err := g.Client.Attach(ctx, ungated(subject), registry.Artifact{Type: a.Type, Annotations: a.Annotations, Blob: a.Blob, BlobType: a.BlobType})
	return gated(m), err
}

// Referrers lists what refers to a digest.
func (g Gateway) Referrers(ctx context.Context, repository, digest, artifactType string) ([]gate.Manifest, error) {
	found, err := g.Client.Referrers(ctx, registry.Manifest{Repository: repository, Digest: digest}, artifactType)
	out := make([]gate.Manifest, len(found))
	for i, m := range found {
		out[i] = gated(m)
	}
	return out, missing(err)
}

func gated(m registry.Manifest) gate.Manifest {
	out := gate.Manifest{Repository: m.Repository, Digest: m.Digest, MediaType: m.MediaType, Bytes: m.Bytes, ImageID: m.ImageID, Annotations: m.Annotations}
	for _, c := range m.Images() {
		out.Images = append(out.Images, gate.Image{Platform: c.Platform, ImageID: decide.ImageIDOf(c)})
	}
	return out
}

func ungated(m gate.Manifest) registry.Manifest {
	return registry.Manifest{Repository: m.Repository, Digest: m.Digest, MediaType: m.MediaType, Bytes: m.Bytes, Size: int64(len(m.Bytes)), ImageID: m.ImageID, Annotations: m.Annotations}
}

// missing says "there is none" in the gate's words.
func missing(err error) error {
	if errors.Is(err, registry.ErrNotFound) {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}
