package source_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/core/source/gittest"
)

func TestUnused(t *testing.T) {
	s, r := newSite(t), gittest.New(t)
	r.Commit("f", "1")
	space, err := s.ground("- {git: " + r.Dir + "}")
	if err != nil {
		t.Fatal(err)
	}
	if old, err := source.Unused(s.spaces.Dir, time.Now().Add(-time.Hour)); err != nil || old != nil {
		t.Errorf("unused are %v, %v", old, err)
	}
	old, err := source.Unused(s.spaces.Dir, time.Now().Add(time.Hour))
	if err != nil || len(old) != 2 || filepath.Dir(old[0]) != s.spaces.Mirrors.Dir || old[1] != space.Dir {
		t.Errorf("unused are %v, %v", old, err)
	}
	for _, path := range old {
		if err := source.Discard(path); err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.spaces.Dir, "*", "*")); left != nil {
		t.Errorf("left are %v", left)
	}
	if _, err := s.another(s.spaces.Dir).Ground(t.Context(), s.image(), s.layers("- {git: "+r.Dir+"}")); err != nil {
		t.Error(err)
	}
}

// What a killed slipway leaves of a folder that it was filling is nobody's, and
// found as such.
func TestAside(t *testing.T) {
	w := &source.Workspaces{Dir: filepath.Join(t.TempDir(), "cache")}
	left, _, err := w.Aside()
	if err != nil {
		t.Fatal(err)
	}
	removed, remove, err := w.Aside()
	if err != nil {
		t.Fatal(err)
	}
	remove()
	found, err := source.Unused(w.Dir, time.Now().Add(time.Minute))
	if diff := cmp.Diff([]string{left}, found); diff != "" || err != nil {
		t.Errorf("unused, with %s removed (-want +got):\n%s%v", removed, diff, err)
	}
}
