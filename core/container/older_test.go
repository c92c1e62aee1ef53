package container_test

import (
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/container/containertest"
)

// What came before a time is told, whatever age an image claims, and not what is
// in use.
func TestOlder(t *testing.T) {
	s := containertest.Store(t)
	before := time.Now().Add(-time.Minute)
	id := containertest.Image{Files: map[string]string{"/a": "a"}}.Add(t, s)
	later := time.Now().Add(time.Minute)
	for than, want := range map[time.Time]int{before: 0, later: 1} {
		got, err := s.Older(than)
		if err != nil || len(got) != want {
			t.Fatalf("older than %s: %+v, %v; want %d", than, got, err, want)
		}
		if want == 1 && (got[0].ID != id || got[0].Came.Before(before)) {
			t.Errorf("it is %+v, want %s, which came just now", got[0], id)
		}
	}
	_, unmount, err := s.Mount(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Older(later); err != nil || len(got) > 0 {
		t.Errorf("in use: %+v, %v", got, err)
	}
	if err := unmount(); err != nil {
		t.Fatal(err)
	}
}
