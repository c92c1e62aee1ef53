package gate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
)

// A Manifest is an image, an index or an artifact as a registry keeps it.
type Manifest struct {
	Repository  string // "registry/namespace/name"
	Digest      string // "sha256:…" of Bytes
	MediaType   string
	Bytes       []byte  // exactly as the registry holds them
	ImageID     string  // the config's digest; empty for an index
	Images      []Image // of an index; nil for an image
	Annotations map[string]string
}

// An Artifact is what is attached to a manifest.
type Artifact struct {
	Type        string // the artifact type, by which referrers are asked for
	Annotations map[string]string
	Blob        []byte
	BlobType    string // the blob's media type
}

// Tags reads and moves tags.
type Tags interface {
	// Resolve reads "repository:tag" or "repository@digest". The error is
	// fs.ErrNotExist when the registry answers that there is none, and only
	// then.
	Resolve(ctx context.Context, ref string) (Manifest, error)
	// Tag puts m's bytes under tag in m's repository.
	Tag(ctx context.Context, m Manifest, tag string) error
	// Untag takes the tag away and leaves the manifest.
	Untag(ctx context.Context, repository, tag string) error
}

// Attachments reads and writes what refers to a manifest.
type Attachments interface {
	// Attach pushes a as a referrer of subject and returns its manifest.
	Attach(ctx context.Context, subject Manifest, a Artifact) (Manifest, error)
	// Referrers returns the manifests of that artifact type that refer to
	// digest, with their annotations, in any order; none is no error.
	Referrers(ctx context.Context, repository, digest, artifactType string) ([]Manifest, error)
}

// A Registry is all that the gate asks of registries.
type Registry interface {
	Tags
	Attachments
}

// A Recaller is a Registry that remembers what it answered.
type Recaller interface {
	Registry
	// Recall returns the registry as it reads from what it has answered
	// before, unless something was written through it since.
	Recall() Registry
}

// A Target is a tag in a repository.
type Target struct {
	Image      string // for messages and the ledger; may be empty
	Repository string
	Tag        string
}

// String returns "repository:tag".
func (t Target) String() string { return t.Repository + ":" + t.Tag }

// at returns the digest that stands under t, or "" when none does.
func (g *Gate) at(ctx context.Context, t Target) (string, error) {
	m, err := g.registry.Resolve(ctx, t.String())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", t, err)
	}
	return m.Digest, nil
}

// fetch returns the manifest of a digest after hashing its bytes.
func (g *Gate) fetch(ctx context.Context, repository, digest string) (Manifest, error) {
	ref := repository + "@" + digest
	m, err := g.registry.Resolve(ctx, ref)
	if err != nil {
		return m, fmt.Errorf("reading %s: %w", ref, err)
	}
	sum := sha256.Sum256(m.Bytes)
	if got := "sha256:" + hex.EncodeToString(sum[:]); got != digest {
		return m, fmt.Errorf("reading %s: the registry sent bytes of %s", ref, got)
	}
	m.Repository, m.Digest = repository, digest
	return m, nil
}

// orNone names the absence of a digest.
func orNone(digest string) string {
	if digest == "" {
		return "nothing"
	}
	return digest
}
