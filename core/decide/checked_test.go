package decide_test

import (
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/plan"
)

// What `plan` says of an image, `run --check` says of it, and a run then does it:
// a maybe is built or reused. The families are random, and up to three things
// about them have changed since all was built.
func TestPlanCheckAndRunAgree(t *testing.T) {
	all := mutations()
	met := map[plan.Fate]int{}
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 2))
		y := aShipyard(t, r)
		names := slices.Sorted(maps.Keys(y.models))
		y.run()
		for range r.IntN(4) {
			all[r.IntN(len(all))].change(y, y.models[names[r.IntN(len(names))]])
		}
		planned := foretell(y)
		if diff := cmp.Diff(previewed(y), checked(t, y)); diff != "" {
			t.Errorf("seed %d: a check disagrees with the plan (-plan +check):\n%s", seed, diff)
		}
		built := y.run()
		for one, fate := range planned {
			met[fate]++
			if is := slices.Contains(built, one); is && fate == plan.Reuse || !is && fate == plan.Build {
				t.Errorf("seed %d: %s was to %s; built: %t", seed, one, fate, is)
			}
		}
	}
	for _, fate := range []plan.Fate{plan.Build, plan.Reuse, plan.Maybe} {
		if met[fate] == 0 {
			t.Errorf("no image was to %s: the families show nothing", fate)
		}
	}
}

// previewed is what `plan` says of every image.
func previewed(y *shipyard) map[string]plan.Fate {
	out := map[string]plan.Fate{}
	for _, decision := range y.preview() {
		out[decision.Image] = decision.Fate
	}
	return out
}

// silent hears nothing.
type silent struct{}

func (silent) Emit(event.Event) {}

// checked is what `run --check` says of every image.
func checked(t *testing.T, y *shipyard) map[string]plan.Fate {
	t.Helper()
	d, _ := y.machine()
	d.Strict = false // a run is not
	b := &action.Build{Decider: d}
	out := map[string]plan.Fate{}
	for _, name := range d.Family.Order {
		result, err := b.Run(t.Context(), engine.Step{Image: d.Family.Node(name).Image, Check: true, Log: io.Discard, Events: silent{}})
		if err != nil {
			t.Fatal(err)
		}
		out[name] = plan.Fate(result.Verb)
	}
	return out
}
