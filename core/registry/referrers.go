package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/slipway-build/slipway/core/registry/reference"
)

// An Artifact says something about an image: evidence, a signature.
type Artifact struct {
	Type        string            // media type of the artifact as a whole
	Annotations map[string]string // in its manifest, listed with it
	Blob        []byte
	BlobType    string // media type of Blob
}

// attempts bounds how often a lost update of the fallback index is repeated.
const attempts = 8

// Attach stores an artifact in the repository of subject and makes it one of
// its referrers. Equal artifacts are one: attaching again changes nothing.
//
// Where the registry has no referrers API, the list is an index under the tag
// "sha256-<hex>", as the OCI distribution specification says. Such an index is
// read, changed and put back, and two machines may do that at once: it is read
// again afterwards, and once more when the other's update must have landed,
// and the entry put back if it was lost.
func (c *Client) Attach(ctx context.Context, subject Manifest, a Artifact) (Manifest, error) {
	r, repo, err := c.named(ctx, subject.Repository)
	if err != nil {
		return Manifest{}, err
	}
	m, err := newArtifact(r.Repository, subject, a)
	if err != nil {
		return Manifest{}, err
	}
	for _, blob := range [][]byte{a.Blob, ocispec.DescriptorEmptyJSON.Data} {
		if err := upload(ctx, repo, blob); err != nil {
			return Manifest{}, classified(err, "attaching %s to %s", a.Type, subject.Reference())
		}
	}
	return m, classified(c.refer(ctx, repo, subject, m), "attaching %s to %s", a.Type, subject.Reference())
}

func newArtifact(repository string, subject Manifest, a Artifact) (Manifest, error) {
	about := subject.descriptor()
	b, err := json.Marshal(ocispec.Manifest{
		Versioned:    specs.Versioned{SchemaVersion: 2},
		MediaType:    ocispec.MediaTypeImageManifest,
		ArtifactType: a.Type,
		Config:       ocispec.DescriptorEmptyJSON,
		Layers:       []ocispec.Descriptor{{MediaType: a.BlobType, Digest: digest.FromBytes(a.Blob), Size: int64(len(a.Blob))}},
		Subject:      &about,
		Annotations:  a.Annotations,
	})
	if err != nil {
		return Manifest{}, fmt.Errorf("writing the manifest of %s: %w", a.Type, err)
	}
	return newManifest(repository, ocispec.MediaTypeImageManifest, b)
}

// upload stores a small blob unless it is there.
func upload(ctx context.Context, repo *remote.Repository, b []byte) error {
	desc := ocispec.Descriptor{MediaType: "application/octet-stream", Digest: digest.FromBytes(b), Size: int64(len(b))}
	there, err := repo.Blobs().Exists(ctx, desc)
	if err != nil || there {
		return err
	}
	return repo.Blobs().Push(ctx, desc, bytes.NewReader(b))
}

// refer puts an artifact's manifest, until it is listed and stays so.
func (c *Client) refer(ctx context.Context, repo *remote.Repository, subject, m Manifest) error {
	for range attempts {
		start := time.Now()
		if err := put(ctx, repo, m, m.Digest); err != nil {
			return err
		}
		settled, err := c.settled(ctx, subject, m, time.Since(start))
		if err != nil || settled {
			return err
		}
	}
	return fmt.Errorf("%w: the list of referrers loses %s whenever it is added", ErrRefused, m.Digest)
}

// settled looks twice: another machine that had read the index before our
// update puts it back without our entry within the time an update takes.
func (c *Client) settled(ctx context.Context, subject, m Manifest, update time.Duration) (bool, error) {
	for _, pause := range []time.Duration{0, update + backoff(0)/2} {
		if err := wait(ctx, pause); err != nil {
			return false, err
		}
		listed, err := c.Referrers(ctx, subject, "")
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(listed, func(l Manifest) bool { return l.Digest == m.Digest }) {
			return false, nil
		}
	}
	return true, nil
}

// Referrers lists what was attached to subject, of one artifact type or, for
// "", of all; none is no error. The entries have annotations and no Bytes:
// Resolve one by digest to see what it says itself.
func (c *Client) Referrers(ctx context.Context, subject Manifest, artifactType string) ([]Manifest, error) {
	r, repo, err := c.named(ctx, subject.Repository)
	if err != nil {
		return nil, err
	}
	if err := c.spare(ctx, r, repo); err != nil {
		return nil, err
	}
	var out []Manifest
	seen := map[digest.Digest]bool{}
	err = repo.Referrers(ctx, subject.descriptor(), artifactType, func(page []ocispec.Descriptor) error {
		for _, d := range page {
			if !seen[d.Digest] {
				seen[d.Digest] = true
				out = append(out, newReferrer(r.Repository, d))
			}
		}
		return nil
	})
	err = classified(err, "listing what refers to %s", subject.Reference())
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return out, err
}

// spare keeps a repository from asking for the referrers API where another of
// the same registry found that there is none.
func (c *Client) spare(ctx context.Context, r reference.Reference, repo *remote.Repository) error {
	h, err := c.host(ctx, r.Registry)
	if err != nil {
		return err
	}
	if h.transport.noReferrers.Load() {
		_ = repo.SetReferrersCapability(false) // it may have found out itself
	}
	return nil
}
