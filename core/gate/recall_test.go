package gate_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/gate"
)

// A recaller remembers the tags as they were at one time.
type recaller struct {
	*registry
	then map[string]string
}

func (r recaller) Recall() gate.Registry { return recalled(r) }

type recalled recaller

func (r recalled) Resolve(ctx context.Context, ref string) (gate.Manifest, error) {
	if digest, ok := r.then[ref]; ok {
		ref = ref[:strings.LastIndexByte(ref, ':')] + "@" + digest
	}
	r.mu.Lock()
	m := r.manifests[ref]
	r.mu.Unlock()
	return m, ctx.Err()
}

func (r recalled) Tag(context.Context, gate.Manifest, string) error { panic("a recall wrote") }

// recall gives the fleet's gate a memory of the tags as they are now.
func (f *fleet) recall() {
	f.t.Helper()
	var err error
	f.gate, err = gate.New(recaller{f.registry, maps.Clone(f.registry.tags)}, f.ledger, f.journal, gate.Trust{})
	check(f.t, err)
}

// What was read before finds that nothing has to move.
func TestPromoteRecalls(t *testing.T) {
	f := newFleet(t)
	_, err := f.promote(t.Context())
	check(t, err)
	f.recall()
	f.registry.before = func(request string) {
		if strings.HasPrefix(request, "GET ") {
			t.Errorf("asked again: %s", request)
		}
	}
	result, err := f.promote(t.Context())
	if err != nil || len(result.Already) != 3 || result.Verdicts["web"].Passed != 2 {
		t.Errorf("%+v, %v", result, err)
	}
}

// No tag moves by what was read before: the candidate's tag has moved since.
func TestPromoteMovesByWhatIsThere(t *testing.T) {
	f := newFleet(t)
	f.recall()
	f.registry.tags["r/web:test"] = f.old.Digest
	_, err := f.promote(t.Context())
	if !gate.Refused(err) || !strings.Contains(err.Error(), "r/web:test points to ") {
		t.Errorf("got %v", err)
	}
	f.want(nothingMoved)
}

// Nor is anything refused by it: the tag points to the candidate again.
func TestPromoteRefusesByWhatIsThere(t *testing.T) {
	f := newFleet(t)
	f.registry.tags["r/web:test"] = f.old.Digest
	f.recall()
	f.registry.tags["r/web:test"] = f.web.Digest
	_, err := f.promote(t.Context())
	check(t, err)
	f.want(allMoved)
}
