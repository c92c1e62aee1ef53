package ledger_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/ledger"
)

// ended begins a run, journals entries, and ends it.
func ended(t *testing.T, l *ledger.Ledger, code int, entries ...ledger.Entry) string {
	t.Helper()
	time.Sleep(2 * time.Millisecond) // ids sort by the millisecond
	r, err := l.Begin(ledger.Info{Request: []byte(`{"long":"words"}`)})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := r.Record(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(r.LogPath("web", "Build"), []byte("log"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := r.End(code); err != nil {
		t.Fatal(err)
	}
	return r.ID()
}

func phase(id, phase string) ledger.Entry {
	return ledger.Entry{Promotion: &ledger.Promotion{ID: id, Phase: phase}}
}

func TestPrune(t *testing.T) {
	l, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	old := ended(t, l, 2)
	promoted := ended(t, l, 0, phase("p1", ledger.Intended), phase("p1", ledger.Finished))
	open := ended(t, l, 1, phase("p2", ledger.Intended))
	killed, err := l.Begin(ledger.Info{})
	if err != nil {
		t.Fatal(err)
	}
	if err := killed.Close(); err != nil {
		t.Fatal(err)
	}
	newest := ended(t, l, 0)
	later := time.Now().Add(time.Hour)

	for _, k := range []ledger.Keep{{Newest: 5, Since: later}, {Since: time.Now().Add(-time.Hour)}} {
		if got, err := l.Prune(k, false); err != nil || len(got) > 0 {
			t.Errorf("pruned %v, %v by %v", got, err, k)
		}
	}
	want := []ledger.Pruned{{ID: old, Whole: true}, {ID: promoted}}
	for _, dry := range []bool{true, false} {
		got, err := l.Prune(ledger.Keep{Newest: 1, Since: later}, dry)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("dry %v: %v (-want +got):\n%s", dry, err, diff)
		}
	}
	if got, err := l.Prune(ledger.Keep{Newest: 1, Since: later}, false); err != nil || len(got) > 0 {
		t.Errorf("pruned again: %v, %v", got, err)
	}
	runs, err := l.Runs()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range runs {
		ids = append(ids, r.ID)
	}
	if diff := cmp.Diff([]string{newest, killed.ID(), open, promoted}, ids); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(l.Dir(), "runs", promoted, "logs")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the logs are still there: %v", err)
	}
	left, err := l.Promotions()
	if err != nil || len(left) != 3 {
		t.Errorf("promotions %v, %v", left, err)
	}
}

// A run that ended is not read again to be listed; one that goes on is.
func TestEndedRunsAreNotRead(t *testing.T) {
	l, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	id := ended(t, l, 3, ledger.Entry{Planned: &ledger.Planned{}}, phase("p1", ledger.Intended))
	closing := ended(t, l, 0, phase("p2", ledger.Intended), phase("p2", ledger.Undone))
	for _, run := range []string{id, closing} {
		journal := filepath.Join(l.Dir(), "runs", run, "journal.jsonl")
		if err := os.Rename(journal, journal+".away"); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := l.Runs()
	if err != nil || len(runs) != 2 {
		t.Fatal(runs, err)
	}
	if got := runs[1]; got.Code != 3 || !got.Planned || got.Ended.IsZero() || got.Begun.IsZero() || got.Info.Request != nil {
		t.Errorf("summary %+v", got)
	}
	open, err := l.OpenPromotions()
	if err != nil || len(open) != 1 || open[0].ID != "p1" || open[0].RunID != id {
		t.Errorf("open %+v, %v", open, err)
	}
	journal := filepath.Join(l.Dir(), "runs", id, "journal.jsonl")
	if err := os.Rename(journal+".away", journal); err != nil {
		t.Fatal(err)
	}
	again, err := l.Resume(id, anyway)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Record(phase("p1", ledger.Finished)); err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := l.Unfinished(); err != nil || len(left) != 1 || left[0].ID != id {
		t.Errorf("unfinished %+v, %v", left, err)
	}
	if open, err := l.OpenPromotions(); err != nil || len(open) > 0 {
		t.Errorf("open %+v, %v", open, err)
	}
}

// BenchmarkUnfinished is what every run pays for those before it.
func BenchmarkUnfinished(b *testing.B) {
	l, err := ledger.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	for range 20 {
		r, err := l.Begin(ledger.Info{})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 500 {
			if err := r.Record(ledger.Entry{StepFinished: &ledger.Step{Play: "p", Task: fmt.Sprint(i), Image: "web", Result: []byte(`{"outcome":"ok"}`)}}); err != nil {
				b.Fatal(err)
			}
		}
		if err := r.End(0); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := l.Unfinished(); err != nil {
			b.Fatal(err)
		}
	}
}
