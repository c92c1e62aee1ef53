package registry

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/containerd/platforms"
	imagecopy "github.com/containers/image/v5/copy"
	"github.com/containers/image/v5/docker"
	"github.com/containers/image/v5/manifest"
	"github.com/containers/image/v5/signature"
	"github.com/containers/image/v5/transports/alltransports"
	"github.com/containers/image/v5/types"

	"github.com/slipway-build/slipway/core/registry/reference"
)

// PullOptions are how an image is pulled.
type PullOptions struct {
	Platform string         // which image of an index, "linux/arm64"; "": this machine's
	Progress func(Progress) // may be nil; called from one goroutine at a time
}

// Pull copies an image out of a registry to any transport of containers/image
// that can be written ("containers-storage:[overlay@/root+/run]@ID"), and
// returns its image ID. Name it by digest: what a tag names may change, and is
// verified against itself only. Mirrors of registries.conf are asked first.
func (c *Client) Pull(ctx context.Context, ref, target string, o PullOptions) (imageID string, err error) {
	r, err := reference.Parse(ref)
	if err != nil {
		return "", err
	}
	dest, err := alltransports.ParseImageName(target)
	if err != nil {
		return "", fmt.Errorf("parsing image target %q: %w", target, err)
	}
	b, err := c.pull(ctx, r, dest, o)
	if err != nil {
		return "", c.gutted(ctx, r, classified(err, "pulling %s", r))
	}
	m, err := newManifest(r.Repository, manifest.GuessMIMEType(b), b)
	return m.ImageID, err
}

// gutted tells an image of which something is gone, though its manifest is there,
// from one that is not there.
func (c *Client) gutted(ctx context.Context, r reference.Reference, err error) error {
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	if _, lost := c.get(ctx, r); lost != nil {
		return err
	}
	return fmt.Errorf("pulling %s: %w: its manifest is there, and not all that it names", r, ErrMismatch)
}

// pull copies and returns the manifest of the image that was chosen.
func (c *Client) pull(ctx context.Context, r reference.Reference, dest types.ImageReference, o PullOptions) ([]byte, error) {
	src, sys, err := c.remote(ctx, r)
	if err != nil {
		return nil, err
	}
	h, err := c.host(ctx, r.Registry)
	if err != nil {
		return nil, err
	}
	if err := choose(sys, o.Platform); err != nil {
		return nil, err
	}
	policy, err := c.pullPolicy()
	if err != nil {
		return nil, err
	}
	var b []byte
	err = c.retry(ctx, func() error {
		b, err = c.copyImage(ctx, policy, dest, &limitedReference{src, h.asks}, &imagecopy.Options{
			SourceCtx: sys, DestinationCtx: sys, ReportWriter: io.Discard,
			RemoveSignatures: true, MaxParallelDownloads: uint(c.limiter.ceiling),
		}, o.Progress)
		return err
	})
	return b, err
}

// remote returns how containers/image reaches a reference: at its real
// address, over plain HTTP where that is spoken.
func (c *Client) remote(ctx context.Context, r reference.Reference) (types.ImageReference, *types.SystemContext, error) {
	h, err := c.host(ctx, r.Registry)
	if err != nil {
		return nil, nil, err
	}
	sys := *c.sys
	if h.plain {
		sys.DockerInsecureSkipTLSVerify = types.OptionalBoolTrue
	}
	ref, err := docker.ParseReference("//" + c.physical(r).Exact())
	return ref, &sys, err
}

// choose has an index answer with the image for a platform.
func choose(sys *types.SystemContext, platform string) error {
	if platform == "" {
		return nil
	}
	p, err := platforms.Parse(platform)
	if err != nil {
		return fmt.Errorf("parsing platform %q: %w", platform, err)
	}
	sys.OSChoice, sys.ArchitectureChoice, sys.VariantChoice = p.OS, p.Architecture, p.Variant
	return nil
}

func (c *Client) pullPolicy() (*signature.Policy, error) {
	if c.policy == "" {
		return acceptAnything(), nil
	}
	p, err := signature.NewPolicyFromFile(c.policy)
	if err != nil {
		return nil, fmt.Errorf("reading signature policy %s: %w", c.policy, err)
	}
	return p, nil
}

// limitedReference is an image in a registry whose requests wait for their
// turn, as all others do.
type limitedReference struct {
	types.ImageReference
	asks *transport
}

// NewImageSource implements [types.ImageReference]; it asks for the manifest.
func (r *limitedReference) NewImageSource(ctx context.Context, sys *types.SystemContext) (types.ImageSource, error) {
	if err := r.asks.turn(ctx); err != nil {
		return nil, err
	}
	src, err := r.ImageReference.NewImageSource(ctx, sys)
	r.asks.limiter.release(overloaded(statusOf(err)))
	if err != nil {
		return nil, err
	}
	return &limitedSource{src, r.asks}, nil
}

type limitedSource struct {
	types.ImageSource
	asks *transport
}

// GetBlob implements [types.ImageSource]. Its turn ends with the answer's
// head: a slow reader keeps nobody waiting.
func (s *limitedSource) GetBlob(ctx context.Context, info types.BlobInfo, cache types.BlobInfoCache) (io.ReadCloser, int64, error) {
	if err := s.asks.turn(ctx); err != nil {
		return nil, 0, err
	}
	body, size, err := s.ImageSource.GetBlob(ctx, info, cache)
	s.asks.limiter.release(overloaded(statusOf(err)))
	return body, size, err
}
