package gate_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/gate"
)

// whole says whether all tags moved or none did.
func (f *fleet) whole() bool {
	return maps.Equal(f.tags(), allMoved) || maps.Equal(f.tags(), nothingMoved)
}

// settled wants a second recovery to find nothing: no write, nothing open.
func (f *fleet) settled() {
	f.t.Helper()
	if !f.whole() {
		f.t.Errorf("a mix: %v", f.tags())
	}
	before := f.registry.writes
	if err := f.gate.Recover(context.Background()); err != nil {
		f.t.Errorf("recovering again: %v", err)
	}
	open, err := f.ledger.OpenPromotions()
	if err != nil || len(open) > 0 || f.registry.writes != before {
		f.t.Errorf("not settled: %d writes, open %v, %v", f.registry.writes-before, open, err)
	}
	f.recordedOnce()
}

// recordedOnce wants one record of each move that stands, however often the
// promotion was taken up.
func (f *fleet) recordedOnce() {
	f.t.Helper()
	seen := map[string]int{}
	for key, manifests := range f.registry.referrers {
		for _, m := range manifests {
			if strings.HasSuffix(key, gate.PromotionType) {
				seen[m.Annotations["build.slipway.repository"]+":"+m.Annotations["build.slipway.tag"]]++
			}
		}
	}
	want := map[string]int{}
	if maps.Equal(f.tags(), allMoved) {
		want = map[string]int{"r/base:latest": 1, "r/web:latest": 1, "r/web:2": 1}
	}
	if d := cmp.Diff(want, seen); d != "" {
		f.t.Errorf("records: %s", d)
	}
}

// every calls try with every fault of that kind until one is beyond the last
// request; try says whether its fault struck.
func every(t *testing.T, still bool, try func(t *testing.T, f fault) (struck bool)) {
	for _, took := range []bool{false, true} {
		n := 1
		for ; ; n++ {
			f := fault{at: n, took: took, still: still}
			if !try(t, f) {
				break
			}
			if t.Failed() {
				t.Fatalf("with %+v", f)
			}
		}
		if n < 5 {
			t.Errorf("only %d faults were tried", n)
		}
	}
}

// TestOneRequestFails lets each single request fail in turn.
func TestOneRequestFails(t *testing.T) {
	every(t, false, func(t *testing.T, fault fault) bool {
		f := newFleet(t)
		f.registry.requests, f.registry.fault = 0, fault
		_, err := f.promote(t.Context())
		if f.registry.requests < fault.at {
			return false
		}
		f.reported(err)
		f.registry.heal()
		check(t, f.gate.Recover(t.Context()))
		f.settled()
		return true
	})
}

// TestRegistryIsGone lets all requests fail from each one on, and comes back.
func TestRegistryIsGone(t *testing.T) {
	every(t, true, func(t *testing.T, fault fault) bool {
		f := newFleet(t)
		f.registry.requests, f.registry.fault = 0, fault
		_, err := f.promote(t.Context())
		if f.registry.requests < fault.at {
			return false
		}
		f.reported(err)
		if err := f.gate.Recover(t.Context()); err == nil && !f.whole() {
			t.Error("recovery without a registry says nothing")
		}
		f.registry.heal()
		check(t, f.gate.Recover(t.Context()))
		f.settled()
		return true
	})
}

// reported wants an error for whatever is not promoted, and every tag of a
// mix named in it.
func (f *fleet) reported(err error) {
	f.t.Helper()
	tags := f.tags()
	if err == nil && !maps.Equal(tags, allMoved) {
		f.t.Errorf("no error and %v", tags)
	}
	if f.whole() {
		return
	}
	undone, ok := errors.AsType[*gate.UndoneError](err)
	if !ok {
		f.t.Fatalf("a mix without a report: %v: %v", tags, err)
	}
	stuck := map[string]bool{}
	for _, s := range undone.Stuck {
		stuck[s.Target.String()] = true
	}
	for tag, digest := range tags {
		if digest == allMoved[tag] && !stuck[tag] {
			f.t.Errorf("%s is stuck and not reported: %v", tag, err)
		}
	}
}

// TestProcessDiesAtARequest kills the process at each request: neither the
// registry nor the journal hears of it again.
func TestProcessDiesAtARequest(t *testing.T) {
	every(t, true, func(t *testing.T, fault fault) bool {
		f := newFleet(t)
		f.registry.requests, f.registry.fault = 0, fault
		f.registry.before = func(string) {
			if f.registry.requests+1 >= fault.at {
				f.journal.fault, f.journal.entries = faultNow, 0
			}
		}
		_, err := f.promote(t.Context())
		if f.registry.requests < fault.at {
			return false
		}
		if err == nil {
			t.Error("a dead process reports success")
		}
		f.nextProcess()
		return true
	})
}

var faultNow = fault{at: 1, still: true}

// TestProcessDiesAtTheJournal kills it at each journal entry, before the
// entry is on disk and after.
func TestProcessDiesAtTheJournal(t *testing.T) {
	every(t, true, func(t *testing.T, fault fault) bool {
		f := newFleet(t)
		f.journal.entries, f.journal.fault, f.journal.dies = 0, fault, f.registry
		_, err := f.promote(t.Context())
		if f.journal.entries < fault.at {
			return false
		}
		if err == nil {
			t.Error("a dead process reports success")
		}
		f.nextProcess()
		return true
	})
}

// TestRecoveryDies kills the recovery of a crash at each of its requests.
func TestRecoveryDies(t *testing.T) {
	every(t, true, func(t *testing.T, fault fault) bool {
		f := newFleet(t)
		f.crashAfterFirstMove()
		f.newRun()
		f.registry.heal()
		f.registry.requests, f.registry.fault = 0, fault
		f.registry.before = func(string) {
			if f.registry.requests+1 >= fault.at {
				f.journal.fault, f.journal.entries = faultNow, 0
			}
		}
		f.gate.Recover(t.Context())
		if f.registry.requests < fault.at {
			return false
		}
		f.nextProcess()
		return true
	})
}

// nextProcess recovers with a healthy registry in another run.
func (f *fleet) nextProcess() {
	f.t.Helper()
	f.registry.heal()
	f.newRun()
	if err := f.gate.Recover(context.Background()); err != nil {
		f.t.Error(err)
	}
	f.settled()
}

// crashAfterFirstMove leaves base moved and web not.
func (f *fleet) crashAfterFirstMove() {
	f.t.Helper()
	f.journal.entries, f.journal.dies = 0, f.registry
	f.journal.fault = fault{at: 2, took: true, still: true}
	_, err := f.promote(context.Background())
	if err == nil || f.whole() {
		f.t.Fatalf("no crash: %v, %v", err, f.tags())
	}
}

func TestRecoverFinishesWhatIsVouchedFor(t *testing.T) {
	f := newFleet(t)
	f.crashAfterFirstMove()
	f.nextProcess()
	f.want(allMoved)
}

func TestRecoverUndoesWhatIsNot(t *testing.T) {
	for _, c := range []struct {
		name  string
		since func(f *fleet)
		want  map[string]string
	}{
		{"failed since", func(f *fleet) {
			v := pass("web", f.web)
			v.State, v.Passed = gate.Failed, 1
			forge(f.registry, f.web, v)
		}, nothingMoved},
		{"tested otherwise since", func(f *fleet) {
			v := pass("web", f.web)
			v.FeaturesDigest = "sha256:other"
			forge(f.registry, f.web, v)
		}, nothingMoved},
		{"moved by someone else", func(f *fleet) {
			f.registry.push("r/web", "web 3", "latest")
		}, map[string]string{"r/base:latest": "old", "r/web:latest": hashOf([]byte("web 3")), "r/web:2": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFleet(t)
			f.crashAfterFirstMove()
			f.registry.heal()
			f.newRun()
			c.since(f)
			check(t, f.gate.Recover(t.Context()))
			f.want(c.want)
			open, err := f.ledger.OpenPromotions()
			if err != nil || len(open) > 0 {
				t.Errorf("open %v, %v", open, err)
			}
		})
	}
}

// TestPromoteClosesWhatWasLeftOpen: the second half of a crashed set must not
// be promoted past its first.
func TestPromoteClosesWhatWasLeftOpen(t *testing.T) {
	f := newFleet(t)
	f.crashAfterFirstMove()
	f.registry.heal()
	f.newRun()
	only := gate.Set{Members: f.set.Members[1:]}
	result, err := f.gate.Promote(t.Context(), only, gate.Options{})
	check(t, err)
	if len(result.Already) != 1 {
		t.Errorf("got %+v", result)
	}
	f.settled()
}
