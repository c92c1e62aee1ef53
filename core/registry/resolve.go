package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	dockerref "github.com/containers/image/v5/docker/reference"
	"github.com/containers/image/v5/pkg/sysregistriesv2"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/slipway-build/slipway/core/registry/reference"
)

// maxSmall bounds what is read into memory: manifests, configs and evidence.
const maxSmall = 8 << 20

// Resolve fetches the manifest that a tag or digest names, in one request, and
// verifies it. Without either, the tag is "latest". Mirrors of registries.conf
// are asked first.
func (c *Client) Resolve(ctx context.Context, ref string) (Manifest, error) {
	r, err := reference.Parse(ref)
	if err != nil {
		return Manifest{}, err
	}
	sources, err := c.sources(r)
	if err != nil {
		return Manifest{}, err
	}
	var errs []error
	for _, source := range sources {
		m, err := c.get(ctx, source)
		if err == nil {
			m.Repository = r.Repository
			return m, nil
		}
		errs = append(errs, err)
	}
	slices.Reverse(errs) // the registry itself was asked last and matters most
	if len(errs) == 1 || ctx.Err() != nil {
		return Manifest{}, errs[0]
	}
	return Manifest{}, fmt.Errorf("%w (mirrors: %v)", errs[0], errors.Join(errs[1:]...)) //nolint:errorlint // a mirror's "not found" must not pass for the registry's own
}

// sources returns where a reference may be read, the registry itself last.
func (c *Client) sources(r reference.Reference) ([]reference.Reference, error) {
	if _, ok := c.aliases[r.Registry]; ok {
		return []reference.Reference{r}, nil
	}
	reg, err := sysregistriesv2.FindRegistry(c.sys, r.Repository)
	if err != nil {
		return nil, fmt.Errorf("reading registries.conf: %w", err)
	}
	if reg == nil {
		return []reference.Reference{r}, nil
	}
	if reg.Blocked {
		return nil, fmt.Errorf("%w: %s is blocked in registries.conf", ErrRefused, r.Repository)
	}
	return pullSources(reg, r)
}

func pullSources(reg *sysregistriesv2.Registry, r reference.Reference) ([]reference.Reference, error) {
	named, err := dockerref.ParseNormalizedNamed(r.Exact())
	if err != nil {
		return nil, fmt.Errorf("parsing image reference %q: %w", r, err)
	}
	found, err := reg.PullSourcesFromReference(named)
	if err != nil {
		return nil, fmt.Errorf("reading the mirrors of %s: %w", r.Repository, err)
	}
	var out []reference.Reference
	for _, source := range found {
		ref, err := reference.Parse(source.Reference.String())
		if err != nil {
			return nil, err
		}
		out = append(out, ref)
	}
	return out, nil
}

// get fetches a manifest from the repository itself.
func (c *Client) get(ctx context.Context, r reference.Reference) (Manifest, error) {
	repo, err := c.repository(ctx, r)
	if err != nil {
		return Manifest{}, classified(err, "looking up %s", r)
	}
	var desc ocispec.Descriptor
	b, err := c.whole(ctx, func() (body io.ReadCloser, err error) {
		desc, body, err = repo.Manifests().FetchReference(ctx, r.Version())
		return body, sensible(err)
	})
	if err != nil {
		return Manifest{}, classified(err, "looking up %s", r)
	}
	if err := verify(r, b, desc.Digest.String(), r.Digest); err != nil {
		return Manifest{}, err
	}
	return newManifest(r.Repository, desc.MediaType, b)
}

// verify compares content with what it was called, by the registry and by us.
func verify(r reference.Reference, b []byte, names ...string) error {
	got := digest.FromBytes(b).String()
	for _, want := range names {
		if want != "" && want != got {
			return fmt.Errorf("verifying %s: %w: the registry says %s, the bytes are %s", r, ErrMismatch, want, got)
		}
	}
	return nil
}

// whole reads what open answers, and asks again when that breaks off: the
// transport asks again for an answer, not for the rest of one.
func (c *Client) whole(ctx context.Context, open func() (io.ReadCloser, error)) ([]byte, error) {
	for n := 0; ; n++ {
		var b []byte
		body, err := open()
		if err == nil {
			b, err = readSmall(body)
		}
		if _, broken := errors.AsType[*brokenOffError](err); !broken || n >= c.retries {
			return b, err
		}
		if err := wait(ctx, backoff(n)); err != nil {
			return nil, err
		}
	}
}

func readSmall(r io.ReadCloser) ([]byte, error) {
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxSmall+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxSmall {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrRefused, maxSmall)
	}
	return b, nil
}

// Blob fetches a small blob, such as a config or evidence, and verifies it.
// More than 8 MiB is an error: layers are pulled.
func (c *Client) Blob(ctx context.Context, repository, dgst string) ([]byte, error) {
	r, repo, err := c.named(ctx, repository)
	if err != nil {
		return nil, err
	}
	r.Tag, r.Digest = "", dgst
	b, err := c.whole(ctx, func() (io.ReadCloser, error) {
		_, body, err := repo.Blobs().FetchReference(ctx, dgst)
		return body, err
	})
	if err != nil {
		return nil, classified(err, "fetching blob %s", r)
	}
	return b, verify(r, b, dgst)
}

// named parses a repository and returns what talks to it.
func (c *Client) named(ctx context.Context, repository string) (reference.Reference, *remote.Repository, error) {
	r, err := reference.Parse(repository)
	if err != nil {
		return reference.Reference{}, nil, err
	}
	repo, err := c.repository(ctx, r)
	return r, repo, classified(err, "reaching %s", repository)
}

// Config fetches the config of an image, parsed and as it stands; its digest
// is the image ID. An index has none: choose one of its children first.
func (c *Client) Config(ctx context.Context, m Manifest) (*ocispec.Image, []byte, error) {
	if m.ImageID == "" {
		return nil, nil, fmt.Errorf("%w: %s is an index and has no config of its own", ErrRefused, m.Reference())
	}
	b, err := c.Blob(ctx, m.Repository, m.ImageID)
	if err != nil {
		return nil, nil, err
	}
	var image ocispec.Image
	if err := json.Unmarshal(b, &image); err != nil {
		return nil, nil, fmt.Errorf("reading the config of %s: %w", m.Reference(), err)
	}
	return &image, b, nil
}

// Tags lists the tags of a repository, in the registry's order.
func (c *Client) Tags(ctx context.Context, repository string) ([]string, error) {
	r, repo, err := c.named(ctx, repository)
	if err != nil {
		return nil, err
	}
	var tags []string
	err = repo.Tags(ctx, "", func(page []string) error {
		tags = append(tags, page...)
		return nil
	})
	return tags, classified(err, "listing the tags of %s", r.Repository)
}
