package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/secret"
)

type events []event.Event

func (e *events) Emit(one event.Event) { *e = append(*e, one) }

// begun is a run of a ledger, in which a secret has been read.
func begun(t *testing.T) (*ledger.Ledger, *ledger.Run, *secret.Mask, *secret.Vault) {
	t.Helper()
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
	return l, run, mask, vault
}

// What a step left to others is read from the journal as it was: numbers stay
// whole, and a secret is only referred to.
func TestJournalHoldsWhatStepsLeave(t *testing.T) {
	l, run, mask, vault := begun(t)
	var passed events
	r := &Recorder{Run: run, Mask: mask, Vault: vault, Next: &passed, Stop: func(err error) { t.Error(err) }}
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
	result, kept, there, err := (&recollection{vault: vault}).restored(t.Context(), steps[1], steps[1].At)
	if err != nil || !there {
		t.Fatal(err, there)
	}
	want := event.Kept{Register: "it", Value: value, Vars: map[string]any{"v": 1}, Groups: []string{"built"}, Notified: []string{"tell"}}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if result.Error != "no ********" || !result.Rescued || !result.Held || result.Items != 4 {
		t.Errorf("result %+v", result)
	}
}

// What a step with no_log left is in a file for its user alone, which goes when
// the run has ended well; and a step whose file is gone has not been finished.
func TestJournalWithholds(t *testing.T) {
	l, run, mask, vault := begun(t)
	r := &Recorder{Run: run, Mask: mask, Vault: vault, Next: new(events), Stop: func(err error) { t.Error(err) }}
	id := event.Step{Task: 2, Name: "Say", Image: "web"}
	censored := event.Kept{Register: "it", Value: map[string]any{"censored": "yes"}}
	left := func(i int) event.Kept {
		return event.Kept{Register: "it", Value: map[string]any{"n": i, "text": "hunter and s3cret-canary"}, Vars: map[string]any{"v": "hunter"}}
	}
	if err := r.Undertake(engine.Undertaking{Step: id, Index: 0}); err != nil {
		t.Fatal(err)
	}
	r.Withhold(id, 0, left(0))
	r.Emit(event.ItemFinished{Step: id, Index: 0, Outcome: event.Changed, Kept: censored})
	r.Withhold(id, -1, left(-1))
	r.Emit(event.StepFinished{Step: id, Outcome: event.Changed, Kept: censored})

	file := filepath.Join(run.Dir(), "withheld.jsonl")
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	for name, secrets := range map[string][]string{"journal.jsonl": {"hunter", "canary"}, "withheld.jsonl": {"canary"}} {
		text, err := os.ReadFile(filepath.Join(run.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range secrets {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has %s:\n%s", name, word, text)
			}
		}
	}
	entries, err := l.Read(run.ID())
	hidden, err2 := l.Withheld(run.ID())
	past, err3 := Past(t.Context(), vault, entries, hidden)
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	var want engine.Past
	want.AddItem(event.ItemFinished{Step: id, Index: 0, Outcome: event.Changed, Kept: left(0)})
	want.AddStep(event.StepFinished{Step: id, Outcome: event.Changed, Kept: left(-1)})
	if diff := cmp.Diff(want, past, cmpopts.EquateEmpty(), cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	past, err = Past(t.Context(), vault, entries, nil)
	if err != nil || len(past.Open()) != 1 {
		t.Errorf("without the file: %+v, %v", past.Open(), err)
	}
	if err := run.End(0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

// A journal that cannot be written stops the run, and nothing more is recorded.
func TestJournalThatIsBroken(t *testing.T) {
	l, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	run, err := l.Begin(ledger.Info{})
	if err != nil {
		t.Fatal(err)
	}
	var stopped []string
	mask := new(secret.Mask)
	r := &Recorder{
		Run: run, Mask: mask, Vault: secret.NewVault(mask, nil, nil), Next: new(events),
		Stop: func(err error) { stopped = append(stopped, err.Error()) },
	}
	id := event.Step{Name: "Say", Image: "web"}
	r.Emit(event.StepFinished{Step: id, Outcome: event.OK, Kept: event.Kept{Value: func() {}}})
	if err := r.Undertake(engine.Undertaking{Step: id}); err == nil || err.Error() != "json: unsupported type: func()" {
		t.Errorf("%v", err)
	}
	want := "the run was stopped, because what it does could not be written down: json: unsupported type: func(); when that is mended, slipway resume " + run.ID() + " goes on with it"
	if diff := cmp.Diff(want, stopped[0]); diff != "" { // the first counts
		t.Error(diff)
	}
	entries, err := l.Read(run.ID())
	if err != nil || len(entries) != 1 { // that it was begun
		t.Errorf("%d entries, %v", len(entries), err)
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
