package app

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/secret"
)

type events []event.Event

func (e *events) Emit(one event.Event) { *e = append(*e, one) }

// What a step left to others is read from the journal as it was: numbers stay
// whole, and a secret is only referred to.
func TestJournalHoldsWhatStepsLeave(t *testing.T) {
	l, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	run, err := l.Begin(ledger.Info{})
	if err != nil {
		t.Fatal(err)
	}
	mask := new(secret.Mask)
	vault := secret.NewVault(mask, []string{"TOKEN=s3cret-canary"}, []secret.Source{{Name: "token", Env: "TOKEN"}})
	if _, err := vault.Text(t.Context(), "token"); err != nil {
		t.Fatal(err)
	}
	var passed events
	r := &recorder{run: run, mask: mask, vault: vault, next: &passed, stop: func(err error) { t.Error(err) }, plays: map[int]string{}}
	value := map[string]any{"n": 7, "f": 1.5, "list": []any{1, "a", true, nil}, "text": "it is s3cret-canary", "map": map[string]any{"x": 0}}
	id := event.Step{Play: 1, Task: 2, Name: "Say s3cret-canary", Image: "web", Item: "x", Path: "0"}
	r.Emit(event.PlayStarted{Play: 1, Name: "Site"})
	r.Emit(event.ItemFinished{Step: id, Index: 3, Label: "y", Outcome: event.Changed, Kept: event.Kept{Register: "it", Value: value}})
	r.Emit(event.StepFinished{
		Step: id, Outcome: event.Failed, Rescued: true, Items: 4, Result: event.Result{Err: errors.New("no s3cret-canary"), Held: true},
		Kept: event.Kept{Register: "it", Value: value, Vars: map[string]any{"v": 1}, Groups: []string{"built"}, Notified: []string{"tell"}},
	})
	if err := run.Close(); err != nil || len(passed) != 3 {
		t.Fatal(err, passed)
	}
	entries, err := l.Read(run.ID())
	if err != nil {
		t.Fatal(err)
	}
	var steps []*ledger.Step
	for _, e := range entries {
		if step := firstOf(e.ItemFinished, e.StepFinished); step != nil {
			steps = append(steps, step)
		}
	}
	if got := fmt.Sprintf("%s %s %s %v", steps[0].Play, steps[0].Task, steps[0].Item, steps[0].At); got != "Site Say ******** x, y {1 2 0 3}" {
		t.Errorf("journaled as %q", got)
	}
	result, kept, err := restored(t.Context(), vault, steps[1].Result)
	if err != nil {
		t.Fatal(err)
	}
	want := event.Kept{Register: "it", Value: value, Vars: map[string]any{"v": 1}, Groups: []string{"built"}, Notified: []string{"tell"}}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if result.Error != "no ********" || !result.Rescued || !result.Held || result.Items != 4 {
		t.Errorf("result %+v", result)
	}
}

func firstOf(steps ...*ledger.Step) *ledger.Step {
	for _, s := range steps {
		if s != nil {
			return s
		}
	}
	return nil
}
