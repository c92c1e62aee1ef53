package gate_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/ledger"
)

// pass returns a passed verdict of m.
func pass(image string, m gate.Manifest) gate.Verdict {
	return gate.Verdict{
		Image: image, Repository: m.Repository, Digest: m.Digest, ImageID: m.ImageID,
		State: gate.Passed, Planned: 2, Executed: 2, Passed: 2,
		Binding: gate.Binding{FeaturesDigest: "sha256:f", Vocabulary: "1"},
		Started: time.Now().Add(-time.Minute), Finished: time.Now(), RunID: "r",
	}
}

// A fleet is a base, which stood under latest before, and a web built on it,
// which did not and goes to two tags.
type fleet struct {
	*world
	old, base, web gate.Manifest
	set            gate.Set
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	w := newWorld(t)
	f := &fleet{world: w}
	f.old = w.registry.push("r/base", "base 1", "latest")
	f.base = w.registry.push("r/base", "base 2", "test")
	f.web = w.registry.push("r/web", "web 2", "test")
	check(t, w.gate.Record(t.Context(), f.base, pass("base", f.base)))
	check(t, w.gate.Record(t.Context(), f.web, pass("web", f.web)))
	f.set = gate.Set{Name: "site", Members: []gate.Member{
		{
			Image: "web", Repository: "r/web", Digest: f.web.Digest, From: "test", To: []string{"latest", "2"},
			Parent: gate.Parent{Image: "base", Repository: "r/base", Tags: []string{"latest"}, ImageIDs: []string{f.base.ImageID}},
		},
		{Image: "base", Repository: "r/base", Digest: f.base.Digest, From: "test", To: []string{"latest"}},
	}}
	return f
}

func (f *fleet) promote(ctx context.Context) (gate.Result, error) {
	return f.gate.Promote(ctx, f.set, gate.Options{Actor: "ann"})
}

// tags returns what stands under the fleet's targets, by name.
func (f *fleet) tags() map[string]string {
	out := map[string]string{}
	for _, tag := range []string{"r/base:latest", "r/web:latest", "r/web:2"} {
		out[tag] = short(f.registry.tags[tag], f.names())
	}
	return out
}

func (f *fleet) names() map[string]string {
	return map[string]string{
		f.old.Digest: "old", f.base.Digest: "base", f.web.Digest: "web",
		f.old.ImageID: "old-id", f.base.ImageID: "base-id", f.web.ImageID: "web-id",
	}
}

var (
	nothingMoved = map[string]string{"r/base:latest": "old", "r/web:latest": "", "r/web:2": ""}
	allMoved     = map[string]string{"r/base:latest": "base", "r/web:latest": "web", "r/web:2": "web"}
)

func (f *fleet) want(want map[string]string) {
	f.t.Helper()
	if d := cmp.Diff(want, f.tags()); d != "" {
		f.t.Error(d)
	}
}

func TestPromoteMovesParentsFirst(t *testing.T) {
	f := newFleet(t)
	var puts []string
	f.registry.before = func(request string) {
		if put, ok := strings.CutPrefix(request, "PUT "); ok && !strings.Contains(put, "promoted-") {
			puts = append(puts, put)
		}
	}
	result, err := f.promote(t.Context())
	check(t, err)
	if len(result.Moved) != 3 || len(result.Already) != 0 {
		t.Errorf("got %+v", result)
	}
	if d := cmp.Diff([]string{"r/base:latest", "r/web:latest", "r/web:2"}, puts); d != "" {
		t.Error(d)
	}
	f.want(allMoved)
}

func TestPromoteTwiceWritesNothing(t *testing.T) {
	f := newFleet(t)
	_, err := f.promote(t.Context())
	check(t, err)
	before := f.registry.writes
	result, err := f.promote(t.Context())
	check(t, err)
	if len(result.Already) != 3 || len(result.Moved) != 0 || f.registry.writes != before {
		t.Errorf("%d writes, %+v", f.registry.writes-before, result)
	}
}

func TestCheckWritesNothing(t *testing.T) {
	f := newFleet(t)
	before := f.registry.writes
	result, err := f.gate.Promote(t.Context(), f.set, gate.Options{Check: true})
	check(t, err)
	if len(result.Moved) != 3 || f.registry.writes != before {
		t.Errorf("%d writes, %+v", f.registry.writes-before, result)
	}
	f.want(nothingMoved)
}

func TestPromoteAnchorsWhatItReplaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t)
		_, err := f.promote(t.Context())
		check(t, err)
		if got := f.registry.tags["r/base:promoted-latest-20000101T000000.000Z"]; got != f.old.Digest {
			t.Errorf("got %q in %v", got, f.registry.tags)
		}
	})
}

// TestRefusals holds one line for each question the gate asks, with the whole
// text of its answer.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name    string
		spoil   func(f *fleet)
		options gate.Options
		want    string
	}{
		{"no evidence", func(f *fleet) {
			f.registry.referrers = map[string][]gate.Manifest{}
			check(f.t, f.gate.Record(f.t.Context(), f.base, pass("base", f.base)))
		}, gate.Options{}, "web (web) is refused: there is no verdict of it, wanted passed: smoke-test it"},
		{"failed later", func(f *fleet) {
			v := pass("web", f.web)
			v.State, v.Passed, v.Reasons = gate.Failed, 1, []string{"a.feature:3: status 500, wanted 200"}
			v.Finished = v.Finished.Add(time.Second)
			check(f.t, f.gate.Record(f.t.Context(), f.web, v))
		}, gate.Options{}, "web (web) is refused: its verdict is failed (1 of 2 scenarios passed), wanted passed: " +
			"a.feature:3: status 500, wanted 200: mend it and smoke-test it again"},
		{
			"too old", func(*fleet) { time.Sleep(2 * time.Hour) },
			gate.Options{MaxAge: time.Hour},
			"base (base) is refused: its verdict is stale: it is 2h0m0s old, wanted at most 1h0m0s: smoke-test it again\n" +
				"web (web) is refused: its verdict is stale: it is 2h0m0s old, wanted at most 1h0m0s: smoke-test it again",
		},
		{"other features", func(f *fleet) {
			f.set.Members[0].Binding = &gate.Binding{FeaturesDigest: "sha256:g", Vocabulary: "1"}
		}, gate.Options{}, `web (web) is refused: its verdict is stale: it was given with the features "sha256:f", wanted "sha256:g": smoke-test it again`},
		{
			"candidate moved", func(f *fleet) { f.registry.tags["r/web:test"] = f.old.Digest; f.registry.push("r/web", "base 1") },
			gate.Options{},
			"web (web) is refused: r/web:test points to old, wanted the digest that was tested: smoke-test what it points to, or push again",
		},
		{
			"candidate gone", func(f *fleet) { delete(f.registry.tags, "r/web:test") },
			gate.Options{},
			"web (web) is refused: r/web:test points to nothing, wanted the digest that was tested: smoke-test what it points to, or push again",
		},
		{
			"no candidate", func(f *fleet) { f.set.Members[0].From = "" },
			gate.Options{RequireHead: true},
			"web (web) is refused: it names no candidate tag, wanted one that points to it: say from which tag it is promoted",
		},
		{
			"digest gone", func(f *fleet) { delete(f.registry.manifests, "r/web@"+f.web.Digest) },
			gate.Options{},
			"web (web) is refused: its repository does not hold it, wanted the digest that was tested: push and smoke-test it again",
		},
		{
			"unknown parent", func(f *fleet) { f.set.Members[0].Parent.ImageIDs = []string{""} },
			gate.Options{},
			"web (web) is refused: it is not known on which base it was built: build it again",
		},
		{
			"other parent in the set", func(f *fleet) { f.set.Members[0].Parent.ImageIDs = []string{f.old.ImageID} },
			gate.Options{},
			"web (web) is refused: it was built on base old-id, and the set promotes base base-id: build it again",
		},
		{
			"parent not promoted", func(f *fleet) { f.set.Members = f.set.Members[:1] },
			gate.Options{},
			"web (web) is refused: it was built on base base-id, and r/base:latest is old-id: promote base first, or in the same set",
		},
		{"held", func(f *fleet) {
			_, err := f.gate.Hold(f.t.Context(), gate.Target{Repository: "r/base", Tag: "latest"}, "bob", "incident 7", time.Hour)
			check(f.t, err)
		}, gate.Options{}, "base (base) is refused: r/base:latest is held at old by bob until 2000-01-01T01:00:00Z (incident 7): lift the hold, or wait"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(t)
				c.spoil(f)
				_, err := f.gate.Promote(t.Context(), f.set, c.options)
				if err == nil {
					t.Fatal("promoted")
				}
				got := short(err.Error(), f.names())
				if d := cmp.Diff("the promotion set site is refused as a whole\n"+c.want, got); d != "" {
					t.Error(d)
				}
				if _, ok := errors.AsType[*gate.Refusal](err); !ok || !gate.Refused(err) {
					t.Errorf("%T is no refusal", err)
				}
				f.want(nothingMoved)
			})
		})
	}
}

// TestOnlyPassedPromotes tries every state and every contradiction on every
// way that leads to a tag.
func TestOnlyPassedPromotes(t *testing.T) {
	for _, state := range []gate.State{
		"", gate.Passed, gate.Flaky, gate.Failed, gate.Incomplete, gate.Errored, gate.Stale, gate.Superseded, gate.Held, "PASSED",
	} {
		for _, n := range [][3]int{{0, 0, 0}, {2, 2, 2}, {2, 1, 1}, {2, 2, 1}, {1, 2, 2}} {
			f := newFleet(t)
			clear(f.registry.referrers)
			v := pass("base", f.base)
			v.State, v.Planned, v.Executed, v.Passed = state, n[0], n[1], n[2]
			forge(f.registry, f.base, v)
			only := gate.Set{Members: f.set.Members[1:]}
			wanted := state == gate.Passed && n == [3]int{2, 2, 2}
			if _, err := f.gate.Promote(t.Context(), only, gate.Options{}); (err == nil) != wanted {
				t.Errorf("Promote with %s %v: %v", state, n, err)
			}
			if wanted {
				continue
			}
			if _, err := f.gate.Rollback(t.Context(), gate.Rollback{
				Target: gate.Target{Repository: "r/base", Tag: "latest"}, To: f.base.Digest, Reason: "r",
			}); err == nil {
				t.Errorf("Rollback with %s %v", state, n)
			}
			f.openPromotion()
			f.gate.Recover(t.Context())
			f.want(nothingMoved)
		}
	}
}

// openPromotion journals an intent of which nothing was carried out.
func (f *fleet) openPromotion() {
	check(f.t, f.journal.Run.Record(ledger.Entry{Promotion: &ledger.Promotion{
		ID: "p", Phase: ledger.Intended, Set: "site", Moves: []ledger.Move{
			{Image: "base", Repository: "r/base", Tag: "latest", Digest: f.base.Digest, Old: f.old.Digest, Verdict: pass("base", f.base).Key()},
		},
	}}))
}

func TestSetsThatCannotBe(t *testing.T) {
	f := newFleet(t)
	_, err := f.gate.Promote(t.Context(), gate.Set{Name: "none"}, gate.Options{})
	want := `error[empty-set]: the promotion set "none" has no images (select at least one image)`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = f.gate.Promote(t.Context(), gate.Set{Members: []gate.Member{
		{Image: "a", Repository: "r/a", To: []string{"latest"}},
		{Image: "b", Repository: "r/a", To: []string{"latest"}},
		{Image: "c", Repository: "r/c"},
	}}, gate.Options{})
	want = "error[duplicate-target]: a and b are both to be promoted to r/a:latest (give each its own tag)\n" +
		"error[no-target]: c is to be promoted to no tag (name a tag, such as latest)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTrustInKeysIsRefused(t *testing.T) {
	_, err := gate.New(nil, nil, nil, gate.Trust{Keys: []string{"a.pub", "b.pub"}})
	want := "error[unsupported-trust]: gate.trust names keys (a.pub, b.pub), and signed evidence is not supported " +
		"(set gate.trust to registry, and limit who may write to the repository)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
