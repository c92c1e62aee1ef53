package ledger_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/ledger"
)

func sighting(named string, hour int) ledger.Sighting {
	return ledger.Sighting{
		Reference: "quay.io/a/b:1", Platform: "linux/amd64", Named: named, Digest: "image in " + named, ImageID: "id in " + named,
		Time: time.Date(2026, 11, 21, hour, 0, 0, 0, time.UTC),
	}
}

func TestSightings(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir).Sightings()
	first, same, second := sighting("one", 1), sighting("one", 2), sighting("two", 3)
	for _, one := range []ledger.Sighting{first, same, second} {
		check(t, s.Saw(t.Context(), one))
	}
	for name, s := range map[string]*ledger.Sightings{"writer": s, "reader": ledger.RecallSightings(dir), "another": open(t, dir).Sightings()} {
		for named, want := range map[string]ledger.Sighting{"": second, "two": second, "one": first} {
			got, ok, err := s.Last("quay.io/a/b:1", "linux/amd64", named)
			if diff := cmp.Diff(want, got); diff != "" || !ok || err != nil {
				t.Errorf("%s, %q: %v, %v (-want +got):\n%s", name, named, ok, err, diff)
			}
		}
		if _, ok, err := s.Last("quay.io/a/b:1", "linux/arm64", ""); ok || err != nil {
			t.Errorf("%s, another platform: %v, %v", name, ok, err)
		}
	}
}

func TestRecallSightingsWritesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	s := ledger.RecallSightings(dir)
	check(t, s.Saw(t.Context(), sighting("one", 1)))
	if _, ok, err := s.Last("quay.io/a/b:1", "linux/amd64", ""); !ok || err != nil {
		t.Errorf("what was seen is not known: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder was made")
	}
}
