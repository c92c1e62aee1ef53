package registry

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/core/registry/reference"
)

// A Memory is a Client that remembers what it was answered about manifests, tags
// and referrers. It asks as a Client does, each time; [Memory.Recall] does not.
// What was written through it, to a repository, makes it forget the tags and
// referrers there.
type Memory struct {
	*Client

	mu        sync.Mutex
	manifests map[string]answered   // by exact reference
	referrers map[string][]Manifest // by exact reference of their subject: all types
}

// answered is an answer about a tag or digest: there is one, or there is none.
type answered struct {
	manifest Manifest
	err      error // nil or an ErrNotFound
}

// Remember returns a Memory of a client, empty.
func Remember(c *Client) *Memory {
	return &Memory{Client: c, manifests: map[string]answered{}, referrers: map[string][]Manifest{}}
}

// Resolve is [Client.Resolve], remembered.
func (m *Memory) Resolve(ctx context.Context, ref string) (Manifest, error) {
	found, err := m.Client.Resolve(ctx, ref)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return found, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.manifests[exact(ref)] = answered{found, err}
	if err == nil {
		m.manifests[found.Reference()] = answered{manifest: found}
	}
	return found, err
}

// Referrers is [Client.Referrers], remembered: those of all types are asked for
// at once.
func (m *Memory) Referrers(ctx context.Context, subject Manifest, artifactType string) ([]Manifest, error) {
	all, err := m.Client.Referrers(ctx, subject, "")
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.referrers[subject.Reference()] = all
	return ofType(all, artifactType), nil
}

func ofType(all []Manifest, artifactType string) []Manifest {
	return slices.DeleteFunc(slices.Clone(all), func(m Manifest) bool { return artifactType != "" && m.ArtifactType != artifactType })
}

// Push is [Client.Push].
func (m *Memory) Push(ctx context.Context, source, target string, o PushOptions) (Manifest, error) {
	defer m.forget(target)
	return m.Client.Push(ctx, source, target, o)
}

// Tag is [Client.Tag].
func (m *Memory) Tag(ctx context.Context, of Manifest, tag string) error {
	defer m.forget(of.Repository)
	return m.Client.Tag(ctx, of, tag)
}

// Untag is [Client.Untag].
func (m *Memory) Untag(ctx context.Context, repository, tag string) error {
	defer m.forget(repository)
	return m.Client.Untag(ctx, repository, tag)
}

// Attach is [Client.Attach].
func (m *Memory) Attach(ctx context.Context, subject Manifest, a Artifact) (Manifest, error) {
	defer m.forget(subject.Repository)
	return m.Client.Attach(ctx, subject, a)
}

// forget drops what may have changed in the repository of a reference. What a
// digest names never changes, but may have come or gone.
func (m *Memory) forget(ref string) {
	r, err := reference.Parse(ref)
	if err != nil {
		return // and nothing was written
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for at := range m.manifests {
		if in(at, r.Repository) {
			delete(m.manifests, at)
		}
	}
	for at := range m.referrers {
		if in(at, r.Repository) {
			delete(m.referrers, at)
		}
	}
}

// in reports whether an exact reference is in a repository.
func in(exact, repository string) bool {
	rest, ok := strings.CutPrefix(exact, repository)
	return ok && (rest[0] == ':' || rest[0] == '@')
}

// exact is the one form of a reference by which answers are kept.
func exact(ref string) string {
	r, err := reference.Parse(ref)
	if err != nil {
		return ref
	}
	return r.Exact()
}

// A Recall is a Memory as it reads when what others do meanwhile does not
// matter: from what it was answered before, and asking only where there is no
// answer. It serves to find out that there is nothing to do.
type Recall struct{ *Memory }

// Recall returns the memory as it recalls.
func (m *Memory) Recall() Recall { return Recall{m} }

// Resolve is [Client.Resolve], asked once.
func (r Recall) Resolve(ctx context.Context, ref string) (Manifest, error) {
	r.mu.Lock()
	known, ok := r.manifests[exact(ref)]
	r.mu.Unlock()
	if ok {
		return known.manifest, known.err
	}
	return r.Memory.Resolve(ctx, ref)
}

// Referrers is [Client.Referrers], asked once.
func (r Recall) Referrers(ctx context.Context, subject Manifest, artifactType string) ([]Manifest, error) {
	r.mu.Lock()
	known, ok := r.referrers[subject.Reference()]
	r.mu.Unlock()
	if ok {
		return ofType(known, artifactType), nil
	}
	return r.Memory.Referrers(ctx, subject, artifactType)
}
