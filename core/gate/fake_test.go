package gate_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/ledger"
)

// errCut is what a request meets that the test lets fail.
var errCut = errors.New("connection cut")

// A fault lets requests, or journal entries, fail.
type fault struct {
	at    int  // the first to fail, counted from 1; 0: none
	took  bool // that one takes effect before it fails
	still bool // all later ones fail too, and take no effect
}

// A registry keeps manifests in memory. It does what a registry does, no
// more: tags move by request, referrers are listed by type.
type registry struct {
	mu        sync.Mutex
	manifests map[string]gate.Manifest // by repository@digest
	tags      map[string]string        // repository:tag → digest
	referrers map[string][]gate.Manifest
	refuse    string // "repository:tag" that may not be taken away
	ignore    string // "repository:tag" whose moves are answered well and not made

	fault    fault
	requests int
	writes   int
	before   func(request string) // called before each request, without the lock
}

func newRegistry() *registry {
	return &registry{
		manifests: map[string]gate.Manifest{},
		tags:      map[string]string{},
		referrers: map[string][]gate.Manifest{},
	}
}

// do carries out one request, unless it is to fail.
func (r *registry) do(ctx context.Context, name string, effect func() error) error {
	if r.before != nil {
		r.before(name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	r.requests++
	switch f := r.fault; {
	case f.at == 0 || r.requests < f.at || r.requests > f.at && !f.still:
		return effect()
	case r.requests == f.at && f.took:
		return errors.Join(errCut, effect())
	}
	return errCut
}

func (r *registry) Resolve(ctx context.Context, ref string) (m gate.Manifest, err error) {
	err = r.do(ctx, "GET "+ref, func() error {
		digest, isTag := r.tags[ref]
		if isTag {
			ref = ref[:strings.LastIndexByte(ref, ':')] + "@" + digest
		}
		found, ok := r.manifests[ref]
		if !ok {
			return fs.ErrNotExist
		}
		m = found
		return nil
	})
	return m, err
}

func (r *registry) Tag(ctx context.Context, m gate.Manifest, tag string) error {
	return r.do(ctx, "PUT "+m.Repository+":"+tag, func() error {
		r.writes++
		if r.ignore != m.Repository+":"+tag {
			r.tags[m.Repository+":"+tag] = hashOf(m.Bytes)
		}
		return nil
	})
}

func (r *registry) Untag(ctx context.Context, repository, tag string) error {
	return r.do(ctx, "DELETE "+repository+":"+tag, func() error {
		if r.refuse == repository+":"+tag {
			return errors.New("405 method not allowed")
		}
		r.writes++
		delete(r.tags, repository+":"+tag)
		return nil
	})
}

func (r *registry) Attach(ctx context.Context, subject gate.Manifest, a gate.Artifact) (m gate.Manifest, err error) {
	err = r.do(ctx, "ATTACH "+a.Type, func() error {
		r.writes++
		key := subject.Repository + "@" + subject.Digest + a.Type
		bytes := fmt.Appendf(nil, "%s %d", key, len(r.referrers[key]))
		m = gate.Manifest{
			Repository: subject.Repository, Digest: hashOf(bytes), Bytes: bytes, Annotations: maps.Clone(a.Annotations),
		}
		r.referrers[key] = append(r.referrers[key], m)
		return nil
	})
	return m, err
}

func (r *registry) Referrers(ctx context.Context, repository, digest, artifactType string) (out []gate.Manifest, err error) {
	err = r.do(ctx, "LIST "+artifactType, func() error {
		out = append(out, r.referrers[repository+"@"+digest+artifactType]...)
		return nil
	})
	return out, err
}

// heal ends all faults.
func (r *registry) heal() { r.fault, r.before = fault{}, nil }

// push makes an image of that content and returns its manifest.
func (r *registry) push(repository, content string, tags ...string) gate.Manifest {
	m := gate.Manifest{
		Repository: repository, Bytes: []byte(content), Digest: hashOf([]byte(content)), ImageID: hashOf([]byte("config of " + content)),
	}
	r.manifests[repository+"@"+m.Digest] = m
	for _, tag := range tags {
		r.tags[repository+":"+tag] = m.Digest
	}
	return m
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// A journal is a run whose entries can fail. When the process is to die, the
// registry is out of its reach from then on.
type journal struct {
	*ledger.Run
	fault   fault
	entries int
	dies    *registry
}

func (j *journal) Record(e ledger.Entry) error {
	j.entries++
	f := j.fault
	if f.at == 0 || j.entries < f.at || j.entries > f.at && !f.still {
		return j.Run.Record(e)
	}
	err := errCut
	if j.entries == f.at && f.took {
		err = errors.Join(err, j.Run.Record(e))
	}
	if j.dies != nil {
		j.dies.fault = fault{at: 1, still: true}
	}
	return err
}

// A world is a registry, a state directory and a gate for one run.
type world struct {
	t        *testing.T
	registry *registry
	ledger   *ledger.Ledger
	journal  *journal
	gate     *gate.Gate
}

func newWorld(t *testing.T) *world {
	t.Helper()
	l, err := ledger.Open(t.TempDir())
	check(t, err)
	w := &world{t: t, registry: newRegistry(), ledger: l}
	w.newRun()
	return w
}

// newRun begins another run, as the next process would.
func (w *world) newRun() {
	w.t.Helper()
	run, err := w.ledger.Begin(ledger.Info{})
	check(w.t, err)
	w.t.Cleanup(func() { run.Close() })
	w.journal = &journal{Run: run}
	w.gate, err = gate.New(w.registry, w.ledger, w.journal, gate.Trust{})
	check(w.t, err)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// short makes digests readable in expected texts.
func short(text string, names map[string]string) string {
	for digest, name := range names {
		text = strings.ReplaceAll(text, digest, name)
	}
	return text
}
