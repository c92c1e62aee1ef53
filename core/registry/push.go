package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"strings"

	imagecopy "github.com/containers/image/v5/copy"
	"github.com/containers/image/v5/manifest"
	"github.com/containers/image/v5/signature"
	"github.com/containers/image/v5/transports/alltransports"
	"github.com/containers/image/v5/types"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/registry/reference"
)

// PushOptions are how an image is pushed.
type PushOptions struct {
	// Annotations are put into the manifest, as org.opencontainers.image.base.name;
	// an empty one takes the builder's own away. Docker's manifest format has no
	// place for them, and goes without.
	Annotations map[string]string
	Progress    func(Progress) // may be nil; called from one goroutine at a time
}

// Push copies an image from any transport of containers/image
// ("containers-storage:[overlay@/root+/run]ID", "oci:/dir:tag", …) to a
// repository and tag, and returns its manifest as the registry reports it.
//
// The tag is put last, over a manifest whose blobs are all there: whatever
// goes wrong before leaves the tag as it was. The image ID never changes on
// the way ([ErrMismatch] otherwise, with the tag as it was); layers that the
// registry has are not sent again.
func (c *Client) Push(ctx context.Context, source, target string, o PushOptions) (Manifest, error) {
	r, repo, err := c.named(ctx, target)
	if err != nil {
		return Manifest{}, err
	}
	r.Tag, r.Digest = r.Version(), ""
	src, sys, err := c.source(ctx, source)
	if err != nil {
		return Manifest{}, err
	}
	b, err := c.pushBlobs(ctx, src, sys, r, o)
	if err != nil {
		return Manifest{}, classified(err, "pushing %s to %s", source, r)
	}
	m, err := newManifest(r.Repository, manifest.GuessMIMEType(b), b)
	if err != nil {
		return Manifest{}, err
	}
	if err := sameImage(ctx, src, sys, m); err != nil {
		return Manifest{}, fmt.Errorf("pushing %s to %s: %w", source, r, err)
	}
	if err := put(ctx, repo, m, r.Tag); err != nil {
		return Manifest{}, classified(err, "tagging %s", r)
	}
	return c.confirm(ctx, r, m.Digest)
}

// source returns an image in any transport, those in registries as they are
// really reached.
func (c *Client) source(ctx context.Context, s string) (types.ImageReference, *types.SystemContext, error) {
	if name, ok := strings.CutPrefix(s, "docker://"); ok {
		r, err := reference.Parse(name)
		if err != nil {
			return nil, nil, err
		}
		return c.remote(ctx, r)
	}
	src, err := alltransports.ParseImageName(s)
	if err != nil {
		return nil, nil, fmt.Errorf("parsing image source %q: %w", s, err)
	}
	return src, c.sys, nil
}

// sameImage reports a copy whose image ID is not that of its source.
func sameImage(ctx context.Context, src types.ImageReference, sys *types.SystemContext, m Manifest) error {
	image, err := src.NewImage(ctx, sys)
	if err != nil {
		return err
	}
	defer image.Close()
	if id := image.ConfigInfo().Digest.String(); id != m.ImageID {
		return fmt.Errorf("%w: its image ID is %s, that of the copy is %s", ErrMismatch, id, m.ImageID)
	}
	return nil
}

// pushBlobs copies all of an image but its manifest, which it returns.
func (c *Client) pushBlobs(ctx context.Context, src types.ImageReference, sys *types.SystemContext, r reference.Reference, o PushOptions) ([]byte, error) {
	dest, destSys, err := c.remote(ctx, r)
	if err != nil {
		return nil, err
	}
	h, err := c.host(ctx, r.Registry)
	if err != nil {
		return nil, err
	}
	held := &heldReference{ImageReference: dest, asks: h.asks}
	err = c.retry(ctx, func() error {
		_, err := c.copyImage(ctx, acceptAnything(), held, src, &imagecopy.Options{
			SourceCtx: sys, DestinationCtx: destSys, ReportWriter: io.Discard,
			RemoveSignatures: true, MaxParallelDownloads: uint(c.limiter.ceiling),
		}, o.Progress)
		return err
	})
	if err != nil {
		return nil, err
	}
	return annotate(held.manifest, o.Annotations)
}

// copyImage runs one copy under a policy and reports how far it is; it returns
// the manifest of what was copied.
func (c *Client) copyImage(ctx context.Context, p *signature.Policy, dest, src types.ImageReference, o *imagecopy.Options, progress func(Progress)) ([]byte, error) {
	policy, err := signature.NewPolicyContext(p)
	if err != nil {
		return nil, fmt.Errorf("reading the signature policy: %w", err)
	}
	defer func() { _ = policy.Destroy() }()
	defer report(o, progress)()
	return imagecopy.Image(ctx, policy, dest, src, o)
}

// acceptAnything is the policy for what this machine made itself, and for
// what is fetched by digest.
func acceptAnything() *signature.Policy {
	return &signature.Policy{Default: signature.PolicyRequirements{signature.NewPRInsecureAcceptAnything()}}
}

// annotate adds annotations to an OCI manifest and leaves all else as it is.
func annotate(b []byte, annotations map[string]string) ([]byte, error) {
	if len(annotations) == 0 || manifest.GuessMIMEType(b) != ocispec.MediaTypeImageManifest {
		return b, nil
	}
	m, err := manifest.OCI1FromManifest(b)
	if err != nil {
		return nil, err
	}
	if m.Annotations == nil {
		m.Annotations = map[string]string{}
	}
	maps.Copy(m.Annotations, annotations)
	maps.DeleteFunc(m.Annotations, func(_, value string) bool { return value == "" })
	return json.Marshal(m.Manifest)
}

// heldReference is a registry that takes the blobs of an image and hands its
// manifest back instead of storing it: whoever copies decides what becomes of
// it. Each blob waits for its turn, as all requests do.
type heldReference struct {
	types.ImageReference
	asks     *transport
	manifest []byte
}

// NewImageDestination implements [types.ImageReference].
func (r *heldReference) NewImageDestination(ctx context.Context, sys *types.SystemContext) (types.ImageDestination, error) {
	dest, err := r.ImageReference.NewImageDestination(ctx, sys)
	if err != nil {
		return nil, err
	}
	return &heldDestination{ImageDestination: dest, ref: r}, nil
}

type heldDestination struct {
	types.ImageDestination
	ref *heldReference
}

// PutBlob implements [types.ImageDestination].
func (d *heldDestination) PutBlob(ctx context.Context, stream io.Reader, info types.BlobInfo, cache types.BlobInfoCache, isConfig bool) (types.BlobInfo, error) {
	if err := d.ref.asks.turn(ctx); err != nil {
		return types.BlobInfo{}, err
	}
	out, err := d.ImageDestination.PutBlob(ctx, stream, info, cache, isConfig)
	d.ref.asks.limiter.release(overloaded(statusOf(err)))
	return out, err
}

// TryReusingBlob implements [types.ImageDestination].
func (d *heldDestination) TryReusingBlob(ctx context.Context, info types.BlobInfo, cache types.BlobInfoCache, substitute bool) (bool, types.BlobInfo, error) {
	if err := d.ref.asks.turn(ctx); err != nil {
		return false, types.BlobInfo{}, err
	}
	there, out, err := d.ImageDestination.TryReusingBlob(ctx, info, cache, substitute)
	d.ref.asks.limiter.release(overloaded(statusOf(err)))
	return there, out, err
}

// PutManifest implements [types.ImageDestination].
func (d *heldDestination) PutManifest(_ context.Context, m []byte, _ *digest.Digest) error {
	d.ref.manifest = m
	return nil
}

// PutSignatures implements [types.ImageDestination]; there are none.
func (d *heldDestination) PutSignatures(context.Context, [][]byte, *digest.Digest) error { return nil }
