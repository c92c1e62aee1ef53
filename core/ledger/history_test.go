package ledger_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slipway-build/slipway/core/ledger"
)

func promotion(id, phase string) ledger.Entry {
	return ledger.Entry{Promotion: &ledger.Promotion{ID: id, Phase: phase, Moves: []ledger.Move{{Image: "web"}, {Image: "base"}}}}
}

func TestHistoryIsOfOneImageNewestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, t.TempDir())
		one, err := l.Begin(ledger.Info{})
		check(t, err)
		two, err := l.Begin(ledger.Info{})
		check(t, err)
		for _, step := range []struct {
			run   *ledger.Run
			entry ledger.Entry
		}{
			{two, ledger.Entry{Verdict: &ledger.Verdict{Image: "web", State: "passed"}}},
			{one, ledger.Entry{Verdict: &ledger.Verdict{Image: "other"}}},
			{one, promotion("p", ledger.Finished)},
			{two, ledger.Entry{Hold: &ledger.Hold{Image: "web"}}},
		} {
			time.Sleep(time.Second)
			check(t, step.run.Record(step.entry))
		}
		events, err := l.History("web")
		check(t, err)
		var got []string
		for _, e := range events {
			switch {
			case e.Hold != nil:
				got = append(got, "hold "+e.RunID)
			case e.Promotion != nil:
				got = append(got, "promotion "+e.RunID)
			case e.Verdict != nil:
				got = append(got, "verdict "+e.RunID)
			}
		}
		want := []string{"hold " + two.ID(), "promotion " + one.ID(), "verdict " + two.ID()}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

func TestOpenPromotionsAreClosedByAnyRun(t *testing.T) {
	l := open(t, t.TempDir())
	one, err := l.Begin(ledger.Info{})
	check(t, err)
	for _, e := range []ledger.Entry{
		promotion("a", ledger.Intended), promotion("b", ledger.Intended), promotion("c", ledger.Intended),
		promotion("b", ledger.Stuck), promotion("c", ledger.Undone),
	} {
		check(t, one.Record(e))
	}
	two, err := l.Begin(ledger.Info{})
	check(t, err)
	check(t, two.Record(promotion("a", ledger.Finished)))
	open, err := l.OpenPromotions()
	check(t, err)
	if len(open) != 1 || open[0].ID != "b" || open[0].RunID != one.ID() {
		t.Errorf("got %+v", open)
	}
}

// FuzzRead feeds whatever bytes to a journal: reading never panics, and what
// can be read is read the same after the run was resumed.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"begun":{}}` + "\n" + `{"ended":{"code":2}}` + "\n"))
	f.Add([]byte(`{"promotion":{"id":"p","phase":"intended"}}` + "\n{"))
	f.Add([]byte("\n\n"))
	f.Add([]byte("0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := open(t, t.TempDir())
		r, err := l.Begin(ledger.Info{})
		check(t, err)
		check(t, r.Close())
		check(t, os.WriteFile(filepath.Join(r.Dir(), "journal.jsonl"), data, 0o600))
		before, err := l.Read(r.ID())
		if err != nil {
			return
		}
		again, err := l.Resume(r.ID(), anyway)
		check(t, err)
		check(t, again.Close())
		after, err := l.Read(r.ID())
		check(t, err)
		if d := cmp.Diff(before, after[:len(after)-1], cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
	})
}
