package gate_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/gate"
)

var baseLatest = gate.Target{Image: "base", Repository: "r/base", Tag: "latest"}

// promotedFleet is a fleet at its second version whose first had passed too.
func promotedFleet(t *testing.T) *fleet {
	t.Helper()
	f := newFleet(t)
	check(t, f.gate.Record(t.Context(), f.old, pass("base", f.old)))
	_, err := f.promote(t.Context())
	check(t, err)
	return f
}

func back(reason string) gate.Rollback {
	return gate.Rollback{Target: baseLatest, Actor: "bob", Reason: reason, Hold: time.Hour}
}

func TestRollbackHoldsUntilItExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := promotedFleet(t)
		time.Sleep(time.Second)
		_, err := f.gate.Rollback(t.Context(), back("incident 7"))
		check(t, err)
		if got := f.tags()["r/base:latest"]; got != "old" {
			t.Errorf("latest is %s", got)
		}
		only := gate.Set{Members: f.set.Members[1:]}
		if _, err := f.gate.Promote(t.Context(), only, gate.Options{}); !gate.Refused(err) {
			t.Errorf("promoted past a hold: %v", err)
		}
		time.Sleep(time.Hour)
		_, err = f.gate.Promote(t.Context(), only, gate.Options{})
		check(t, err)
	})
}

// TestAnotherMachineSeesTheHold: nothing but the registry is shared.
func TestAnotherMachineSeesTheHold(t *testing.T) {
	f := promotedFleet(t)
	_, err := f.gate.Rollback(t.Context(), back("incident 7"))
	check(t, err)
	there := newWorld(t)
	g, err := gate.New(f.registry, there.ledger, there.journal, gate.Trust{})
	check(t, err)
	holds, err := g.Holds(t.Context(), []gate.Target{baseLatest, {Repository: "r/web", Tag: "latest"}, {Repository: "r/none", Tag: "x"}})
	check(t, err)
	if len(holds) != 1 || holds[0].Reason != "incident 7" || holds[0].Digest != f.old.Digest {
		t.Fatalf("got %+v", holds)
	}
	_, err = g.Release(t.Context(), baseLatest, "ann")
	check(t, err)
	if holds, err := f.gate.Holds(t.Context(), []gate.Target{baseLatest}); err != nil || len(holds) != 0 {
		t.Errorf("after it was lifted: %+v, %v", holds, err)
	}
	if _, err := g.Release(t.Context(), baseLatest, "ann"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("lifting it twice: %v", err)
	}
}

func TestRollbackMistakes(t *testing.T) {
	for _, c := range []struct {
		name string
		back gate.Rollback
		want string
	}{
		{"no reason", back(""), "error[no-reason]: a rollback has no reason (say why with --reason)"},
		{
			"no record",
			gate.Rollback{Target: gate.Target{Image: "base", Repository: "r/base", Tag: "test"}, Reason: "r"},
			"error[no-previous]: there is no record of what stood under r/base:test before base (name the digest to go back to)",
		},
		{"no tag", gate.Rollback{Target: gate.Target{Repository: "r/base", Tag: "x"}, Reason: "r"}, "rolling back: reading r/base:x: file does not exist"},
		{"no digest", gate.Rollback{Target: baseLatest, To: "sha256:0", Reason: "r"}, "reading r/base@sha256:0: file does not exist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := promotedFleet(t)
			_, err := f.gate.Rollback(t.Context(), c.back)
			if d := cmp.Diff(c.want, short(fmt.Sprint(err), f.names())); d != "" {
				t.Error(d)
			}
			f.want(allMoved)
		})
	}
}

// TestRollbackOfOneStep: a step that is done again, because the run was killed
// before it knew of its end, does not roll back what it had rolled back.
func TestRollbackOfOneStep(t *testing.T) {
	f := promotedFleet(t)
	r := back("incident 7")
	r.Step = "run/0/1/"
	first, err := f.gate.Rollback(t.Context(), r)
	check(t, err)
	again, err := f.gate.Rollback(t.Context(), r)
	check(t, err)
	if d := cmp.Diff(first, again); d != "" || f.tags()["r/base:latest"] != "old" {
		t.Errorf("latest is %s (-first +again):\n%s", f.tags()["r/base:latest"], d)
	}
	r.Step = "run/0/2/" // another step goes back from there
	_, err = f.gate.Rollback(t.Context(), r)
	check(t, err)
	if got := f.tags()["r/base:latest"]; got != "base" {
		t.Errorf("latest is %s", got)
	}
}

// TestRollbackFails lets each request of a rollback fail: the tag stands at
// one end or the other, and a hold is left only where the tag went back.
func TestRollbackFails(t *testing.T) {
	every(t, false, func(t *testing.T, fault fault) bool {
		f := promotedFleet(t)
		f.registry.requests, f.registry.fault = 0, fault
		_, err := f.gate.Rollback(t.Context(), back("r"))
		if f.registry.requests < fault.at {
			return false
		}
		f.registry.heal()
		check(t, f.gate.Recover(t.Context()))
		at := f.tags()["r/base:latest"]
		if err == nil && at != "old" || at != "old" && at != "base" {
			t.Errorf("latest is %s: %v", at, err)
		}
		holds, err := f.gate.Holds(context.Background(), []gate.Target{baseLatest})
		if err != nil || (len(holds) == 1) != (at == "old") {
			t.Errorf("latest is %s, holds %+v, %v", at, holds, err)
		}
		return true
	})
}

// TestAFailedRollbackLeavesNoHold: whoever puts the digest there later is not
// stopped by a rollback that never was.
func TestAFailedRollbackLeavesNoHold(t *testing.T) {
	for _, cut := range []string{"PUT r/base:latest", "ATTACH " + gate.HoldType} {
		f := promotedFleet(t)
		struck := false
		f.registry.before = func(request string) {
			if request == cut && !struck {
				struck = true
				f.registry.fault = fault{at: f.registry.requests + 1, took: true}
			}
		}
		if _, err := f.gate.Rollback(t.Context(), back("r")); err == nil {
			t.Errorf("%s: no error", cut)
		}
		f.registry.heal()
		f.want(allMoved)
		f.registry.tags["r/base:latest"] = f.old.Digest
		if holds, err := f.gate.Holds(t.Context(), []gate.Target{baseLatest}); err != nil || len(holds) > 0 {
			t.Errorf("%s: holds %+v, %v", cut, holds, err)
		}
	}
}

// TestOfTwoAtOnceTheHoldCounts, in whichever order the registry lists them.
func TestOfTwoAtOnceTheHoldCounts(t *testing.T) {
	for _, first := range []string{"true", "false"} {
		f := newFleet(t)
		_, err := f.gate.Hold(t.Context(), baseLatest, "bob", "incident 7", 0)
		check(t, err)
		key := "r/base@" + f.old.Digest + gate.HoldType
		one := f.registry.referrers[key][0]
		two := one
		one.Annotations, two.Annotations = maps.Clone(one.Annotations), maps.Clone(one.Annotations)
		one.Annotations["build.slipway.lifted"] = first
		two.Annotations["build.slipway.lifted"] = map[string]string{"true": "false", "false": "true"}[first]
		f.registry.referrers[key] = []gate.Manifest{one, two}
		if holds, err := f.gate.Holds(t.Context(), []gate.Target{baseLatest}); err != nil || len(holds) != 1 {
			t.Errorf("lifted=%s listed first: %+v, %v", first, holds, err)
		}
	}
}

func TestHistoryIsTheSameOnEveryMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := promotedFleet(t)
		time.Sleep(time.Second)
		_, err := f.gate.Rollback(t.Context(), back("incident 7"))
		check(t, err)
		type line struct {
			old, digest, actor, reason string
			rollback                   bool
		}
		want := []line{{"base", "old", "bob", "incident 7", true}, {"old", "base", "ann", "", false}}
		there := newWorld(t)
		elsewhere, err := gate.New(f.registry, there.ledger, there.journal, gate.Trust{})
		check(t, err)
		for _, g := range []*gate.Gate{f.gate, elsewhere} {
			records, err := g.History(t.Context(), baseLatest)
			check(t, err)
			var got []line
			for _, r := range records {
				got = append(got, line{short(r.Old, f.names()), short(r.Digest, f.names()), r.Actor, r.Reason, r.Rollback})
			}
			if d := cmp.Diff(want, got, cmp.AllowUnexported(line{})); d != "" {
				t.Error(d)
			}
		}
		clear(f.registry.referrers) // what the ledger alone knows
		records, err := f.gate.History(t.Context(), baseLatest)
		if err != nil || len(records) != 2 {
			t.Errorf("from the ledger: %+v, %v", records, err)
		}
	})
}

func TestSets(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(f *fleet)
		want  map[string]string // set → the end of its promotion
	}{
		{"parent not promoted yet", func(*fleet) {}, map[string]string{"base+web": "promoted"}},
		{
			"parent promoted", func(f *fleet) { f.registry.tags["r/base:latest"] = f.base.Digest },
			map[string]string{"base": "promoted", "web": "promoted"},
		},
		{"child failed", func(f *fleet) { f.fail(f.web) }, map[string]string{"base": "promoted", "web": "refused"}},
		{"parent failed", func(f *fleet) { f.fail(f.base) }, map[string]string{"base": "refused", "web": "refused"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFleet(t)
			c.spoil(f)
			sets, err := f.gate.Sets(t.Context(), f.set.Members, gate.Options{})
			check(t, err)
			got := map[string]string{}
			for _, s := range sets {
				_, err := f.gate.Promote(t.Context(), s, gate.Options{})
				got[s.Name] = "promoted"
				if gate.Refused(err) {
					got[s.Name] = "refused"
				} else {
					check(t, err)
				}
			}
			if !maps.Equal(c.want, got) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func (f *fleet) fail(m gate.Manifest) {
	v := pass("", m)
	v.State, v.Passed = gate.Failed, 0
	forge(f.registry, m, v)
}
