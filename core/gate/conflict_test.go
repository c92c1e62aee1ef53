package gate_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/ledger"
)

// promotedOnce wants three tags to have been moved, by one promotion.
func (f *fleet) promotedOnce() {
	f.t.Helper()
	phases := map[string]int{}
	events, err := f.ledger.Promotions()
	check(f.t, err)
	for _, e := range events {
		phases[e.Promotion.Phase]++
	}
	want := map[string]int{ledger.Intended: 1, ledger.Applied: 3, ledger.Finished: 1}
	if d := cmp.Diff(want, phases); d != "" {
		f.t.Error(d)
	}
}

func TestSomeoneElseMovesATagMeanwhile(t *testing.T) {
	f := newFleet(t)
	other := f.registry.push("r/web", "web 3")
	f.registry.before = func(request string) {
		if request == "PUT r/base:latest" {
			f.registry.tags["r/web:latest"] = other.Digest
		}
	}
	_, err := f.promote(t.Context())
	conflict, ok := errors.AsType[*gate.Conflict](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	want := fmt.Sprintf("the promotion of site was undone: r/web:latest is not as it was left: it points to %s, "+
		"expected nothing: look who else promotes there, then promote again", other.Digest)
	if d := cmp.Diff(want, err.Error()); d != "" || conflict.Got != other.Digest {
		t.Error(d)
	}
	f.want(map[string]string{"r/base:latest": "old", "r/web:latest": other.Digest, "r/web:2": ""})
}

// TestATagThatIsNotOursIsLeftAlone: someone else promoted on after our move
// and before we failed.
func TestATagThatIsNotOursIsLeftAlone(t *testing.T) {
	f := newFleet(t)
	other := f.registry.push("r/base", "base 3")
	f.registry.before = func(request string) {
		if request == "PUT r/web:latest" {
			f.registry.tags["r/base:latest"] = other.Digest
			f.registry.fault = fault{at: f.registry.requests + 1}
		}
	}
	if _, err := f.promote(t.Context()); err == nil {
		t.Error("promoted")
	}
	f.want(map[string]string{"r/base:latest": other.Digest, "r/web:latest": "", "r/web:2": ""})
}

func TestAnAnswerIsNotEnough(t *testing.T) {
	f := newFleet(t)
	f.registry.ignore = "r/web:2"
	_, err := f.promote(t.Context())
	want := "the promotion of site was undone: r/web:2 is not as it was left: it points to nothing, expected web: " +
		"look who else promotes there, then promote again"
	if d := cmp.Diff(want, short(fmt.Sprint(err), f.names())); d != "" {
		t.Error(d)
	}
	f.want(nothingMoved)
}

func TestBytesAreHashedBeforeTheyArePut(t *testing.T) {
	f := newFleet(t)
	m := f.web
	m.Bytes = []byte("other bytes")
	f.registry.manifests["r/web@"+m.Digest] = m
	_, err := f.promote(t.Context())
	want := "examining web: reading r/web@web: the registry sent bytes of " + hashOf(m.Bytes)
	if d := cmp.Diff(want, short(fmt.Sprint(err), f.names())); d != "" {
		t.Error(d)
	}
	f.want(nothingMoved)
}

func TestRecoverRespectsAHoldSetSince(t *testing.T) {
	f := newFleet(t)
	f.journal.entries, f.journal.dies = 0, f.registry
	f.journal.fault = fault{at: 1, took: true, still: true} // the intent, and no more
	if _, err := f.promote(t.Context()); err == nil {
		t.Fatal("no crash")
	}
	f.registry.heal()
	f.newRun()
	_, err := f.gate.Hold(t.Context(), baseLatest, "bob", "incident 7", 0)
	check(t, err)
	check(t, f.gate.Recover(t.Context()))
	f.want(nothingMoved)
}

// TestRecoveryLeavesTheLivingAlone: a promotion under way looks open until
// its tags are free, and then it is closed.
func TestRecoveryLeavesTheLivingAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t)
		recovered := make(chan error, 1)
		started := false
		f.registry.before = func(request string) {
			if request == "PUT r/web:latest" && !started {
				started = true
				go func() { recovered <- f.gate.Recover(context.Background()) }()
				synctest.Wait() // it has seen the open promotion and waits for its tags
			}
		}
		_, err := f.promote(t.Context())
		check(t, err)
		check(t, <-recovered)
		f.promotedOnce()
	})
}

func TestARefusedDeletionIsReported(t *testing.T) {
	f := newFleet(t)
	f.registry.refuse = "r/web:latest"
	f.registry.before = func(request string) {
		if request == "PUT r/web:2" {
			f.registry.fault = fault{at: f.registry.requests + 1}
		}
	}
	_, err := f.promote(t.Context())
	want := "the promotion of site failed and could not be undone: putting r/web:2: connection cut\n" +
		"r/web:latest may point to web, belongs to nothing: taking r/web:latest away: 405 method not allowed\n" +
		"run slipway resume when the registry answers again"
	if d := cmp.Diff(want, short(fmt.Sprint(err), f.names())); d != "" {
		t.Error(d)
	}
	if gate.Refused(err) {
		t.Error("a stuck tag is not a mere refusal")
	}
	f.want(map[string]string{"r/base:latest": "old", "r/web:latest": "web", "r/web:2": ""})
	f.registry.heal()
	check(t, f.gate.Recover(t.Context()))
	f.want(allMoved)
	f.settled()
}

func TestUndoingOutlivesTheCaller(t *testing.T) {
	f := newFleet(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.registry.before = func(request string) {
		if request == "PUT r/web:latest" {
			cancel()
			f.registry.fault = fault{at: f.registry.requests + 1}
		}
	}
	if _, err := f.promote(ctx); err == nil {
		t.Error("promoted")
	}
	f.want(nothingMoved)
}

func TestPromotersTakeTurns(t *testing.T) {
	f := newFleet(t)
	errs := make(chan error)
	for range 4 {
		go func() {
			_, err := f.promote(context.Background())
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	f.promotedOnce()
	f.settled()
}
