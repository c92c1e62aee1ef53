package record

import (
	"encoding/json"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/secret"
)

// wholeStep stands for the index of an item where a step itself is meant.
const wholeStep = -1

// A withheld is the step, or the item, that something was withheld of.
type withheld struct {
	image string
	at    ledger.Place
}

func withheldOf(s event.Step, index int) withheld {
	return withheld{s.Image, ledger.Place{Play: s.Play, Task: s.Task, Path: s.Path, Item: index}}
}

// Withhold keeps, for its user alone, what a step with no_log left to others.
// Known secrets are only referred to there as well.
func (r *Recorder) Withhold(step event.Step, index int, k event.Kept) {
	w := withheldOf(step, index)
	raw, err := json.Marshal(left(r.Vault, k))
	if err == nil {
		err = r.Run.Withhold(ledger.Withheld{Image: w.image, At: w.at, Kept: raw})
	}
	if err != nil {
		r.fail(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.withheld == nil {
		r.withheld = map[withheld]bool{}
	}
	r.withheld[w] = true
}

// withholds reports whether something was withheld of a step, and forgets it:
// the step is told of once.
func (r *Recorder) withholds(s event.Step, index int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := withheldOf(s, index)
	is := r.withheld[w]
	delete(r.withheld, w)
	return is
}

// A leftover is the values that a step left to others, without secrets: they are
// only referred to.
type leftover struct {
	Value any            `json:"value,omitempty"`
	Vars  map[string]any `json:"vars,omitempty"`
}

func left(vault *secret.Vault, k event.Kept) (out leftover) {
	if k.Value != nil {
		out.Value = vault.Refer(k.Value)
	}
	if len(k.Vars) > 0 {
		out.Vars, _ = vault.Refer(k.Vars).(map[string]any)
	}
	return out
}
