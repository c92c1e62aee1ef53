package source_test

import (
	"path/filepath"
	"testing"
	"time"

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
