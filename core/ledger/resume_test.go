package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/ledger"
)

// A run that may not go on is left as it was.
func TestResumeThatMayNot(t *testing.T) {
	l := open(t, t.TempDir())
	r, err := l.Begin(ledger.Info{})
	check(t, err)
	check(t, r.End(2))
	before, err := l.Read(r.ID())
	check(t, err)
	no := errors.New("no")
	_, err = l.Resume(r.ID(), func(entries []ledger.Entry) error {
		if diff := cmp.Diff(before, entries); diff != "" {
			t.Error(diff)
		}
		return no
	})
	after, err2 := l.Read(r.ID())
	if diff := cmp.Diff(before, after); !errors.Is(err, no) || err2 != nil || diff != "" {
		t.Errorf("%v, %v\n%s", err, err2, diff)
	}
	again, err := l.Resume(r.ID(), anyway)
	check(t, err)
	check(t, again.Close())
}

// What a later version writes is passed over; what says two things is damage.
func TestReadOfAnotherVersion(t *testing.T) {
	l := open(t, t.TempDir())
	r, err := l.Begin(ledger.Info{})
	check(t, err)
	add := func(line string) {
		f, err := os.OpenFile(filepath.Join(r.Dir(), "journal.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
		check(t, err)
		_, err = f.WriteString(line + "\n")
		check(t, errors.Join(err, f.Close()))
	}
	check(t, r.Close())
	add(`{"time":"2027-01-01T00:00:00Z","novelty":{"x":1}}`)
	entries, err := l.Read(r.ID())
	if err != nil || len(entries) != 1 || entries[0].Begun == nil {
		t.Errorf("%+v, %v", entries, err)
	}
	add(`{"time":"2027-01-01T00:00:00Z","ended":{"code":0},"planned":{}}`)
	_, err = l.Read(r.ID())
	if err == nil || !strings.HasSuffix(err.Error(), "is damaged: a journal entry needs exactly one thing that happened") {
		t.Errorf("%v", err)
	}
}

// What a run withholds is there for who resumes it, in a file of the user's own,
// until it has ended well.
func TestWithheld(t *testing.T) {
	l := open(t, t.TempDir())
	r, err := l.Begin(ledger.Info{})
	check(t, err)
	one := ledger.Withheld{Image: "web", At: ledger.Place{Task: 1, Item: -1}, Kept: []byte(`{"value":1}`)}
	two := ledger.Withheld{Image: "web", At: ledger.Place{Task: 2}, Kept: []byte(`{"value":2}`)}
	check(t, r.Withhold(one))
	check(t, r.End(2))
	if err := r.Withhold(two); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after its end: %v", err)
	}
	r, err = l.Resume(r.ID(), anyway)
	check(t, err)
	check(t, r.Withhold(two))
	all, err := l.Withheld(r.ID())
	if diff := cmp.Diff([]ledger.Withheld{one, two}, all); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	info, err := os.Stat(filepath.Join(r.Dir(), "withheld.jsonl"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	check(t, r.End(0))
	if all, err := l.Withheld(r.ID()); err != nil || all != nil {
		t.Errorf("%v, %v", all, err)
	}
}
