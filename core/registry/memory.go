package registry

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/slipway-build/slipway/core/registry/reference"
)

// A Memory is a Client that remembers what it was answered about manifests, tags
// and referrers. It asks as a Client does, each time; [Memory.Recall] does not.
// What was written through it, to a repository, makes it forget the tags and
// referrers there.
type Memory struct {
	*Client

	mu           sync.Mutex
	repositories map[string]*recollection
}

// A recollection is what was answered about one repository, by exact reference.
type recollection struct {
	manifests map[string]answered
	referrers map[string][]Manifest // of all types
}

// answered is an answer about a tag or digest: there is one, or there is none.
type answered struct {
	manifest Manifest
	err      error // nil or an ErrNotFound
}

// Remember returns a Memory of a client, empty.
func Remember(c *Client) *Memory {
	return &Memory{Client: c, repositories: map[string]*recollection{}}
}

// Resolve is [Client.Resolve], remembered.
func (m *Memory) Resolve(ctx context.Context, ref string) (Manifest, error) {
	found, err := m.Client.Resolve(ctx, ref)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return found, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	known, exact := m.about(ref)
	known.manifests[exact] = answered{found, err}
	if err == nil {
		known.manifests[found.Reference()] = answered{manifest: found}
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
	known, exact := m.about(subject.Reference())
	known.referrers[exact] = all
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

// about returns what is known of a reference's repository, and the one form of
// the reference by which it is kept there. The caller holds the lock.
func (m *Memory) about(ref string) (known *recollection, exact string) {
	r, err := reference.Parse(ref)
	if err == nil {
		ref = r.Exact()
	}
	known = m.repositories[r.Repository]
	if known == nil {
		known = &recollection{manifests: map[string]answered{}, referrers: map[string][]Manifest{}}
		m.repositories[r.Repository] = known
	}
	return known, ref
}

// forget drops what may have changed in the repository of a reference: all of
// it, for what a digest names never changes, but comes and goes.
func (m *Memory) forget(ref string) {
	r, err := reference.Parse(ref)
	if err != nil {
		return // and nothing was written
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.repositories, r.Repository)
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
	known, exact := r.about(ref)
	answer, ok := known.manifests[exact]
	r.mu.Unlock()
	if ok {
		return answer.manifest, answer.err
	}
	return r.Memory.Resolve(ctx, ref)
}

// Referrers is [Client.Referrers], asked once.
func (r Recall) Referrers(ctx context.Context, subject Manifest, artifactType string) ([]Manifest, error) {
	r.mu.Lock()
	known, exact := r.about(subject.Reference())
	all, ok := known.referrers[exact]
	r.mu.Unlock()
	if ok {
		return ofType(all, artifactType), nil
	}
	return r.Memory.Referrers(ctx, subject, artifactType)
}
