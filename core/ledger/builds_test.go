package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/ledger"
)

func builds(t *testing.T, dir string) *ledger.Builds {
	t.Helper()
	b, err := open(t, dir).Builds(t.Context())
	check(t, err)
	t.Cleanup(func() { check(t, b.Close()) })
	return b
}

func TestBuildsAreSharedAtOnce(t *testing.T) {
	dir := t.TempDir()
	one, two := builds(t, dir), builds(t, dir)
	if _, ok, err := two.Built("k"); ok || err != nil {
		t.Fatalf("before: %v, %v", ok, err)
	}
	want := ledger.Build{Key: "k", Image: "web", ImageID: "sha256:1", Facts: []byte(`{"a":1}`)}
	check(t, one.Remember(t.Context(), want))
	got, ok, err := two.Built("k")
	if d := cmp.Diff(want, got); d != "" || !ok || err != nil {
		t.Errorf("%v, %v\n%s", ok, err, d)
	}
}

func TestBuildsTakeTurns(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 8 {
		b := builds(t, dir)
		all.Go(func() {
			for j := range 10 {
				if err := b.Remember(t.Context(), ledger.Build{Key: fmt.Sprint(i, "/", j), ImageID: "id"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	b := builds(t, dir)
	for i := range 80 {
		if _, ok, err := b.Built(fmt.Sprint(i/10, "/", i%10)); !ok || err != nil {
			t.Errorf("%d: %v, %v", i, ok, err)
		}
	}
}

func TestBuildsAreCompacted(t *testing.T) {
	dir := t.TempDir()
	old := builds(t, dir)
	for i := range 10 {
		check(t, old.Remember(t.Context(), ledger.Build{Key: "k", ImageID: fmt.Sprint(i)}))
	}
	fresh := builds(t, dir)
	data, err := os.ReadFile(filepath.Join(dir, "builds.jsonl"))
	check(t, err)
	if n := strings.Count(string(data), "\n"); n != 1 {
		t.Errorf("%d lines after compaction", n)
	}
	check(t, fresh.Remember(t.Context(), ledger.Build{Key: "k2", ImageID: "x"}))
	for key, want := range map[string]string{"k": "9", "k2": "x"} { // old had the file open before
		if got, ok, err := old.Built(key); !ok || err != nil || got.ImageID != want {
			t.Errorf("Built(%s) = %+v, %v, %v", key, got, ok, err)
		}
	}
}

// TestCompactionIsNoticedWhateverTheSize: the new file is longer by the time
// the old reader looks again.
func TestCompactionIsNoticedWhateverTheSize(t *testing.T) {
	dir := t.TempDir()
	old := builds(t, dir)
	for i := range 4 {
		check(t, old.Remember(t.Context(), ledger.Build{Key: "k", ImageID: fmt.Sprint(i)}))
	}
	_, _, err := old.Built("k")
	check(t, err)
	fresh := builds(t, dir)
	for i := range 20 {
		check(t, fresh.Remember(t.Context(), ledger.Build{Key: fmt.Sprint(i), ImageID: "a longer image ID"}))
	}
	for i := range 20 {
		if _, ok, err := old.Built(fmt.Sprint(i)); !ok || err != nil {
			t.Errorf("Built(%d) = %v, %v", i, ok, err)
		}
	}
}

func TestBuildWithoutAKey(t *testing.T) {
	err := builds(t, t.TempDir()).Remember(t.Context(), ledger.Build{Image: "web"})
	if want := `remembering a build of "web": it has no key or no image ID`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLockWaitsForTheContextOnly(t *testing.T) {
	l := open(t, t.TempDir())
	held, err := l.Lock(t.Context(), "r/web:latest")
	check(t, err)
	gone := errors.New("gone home")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	if _, err := l.Lock(ctx, "r/web:latest"); err == nil || err.Error() != "locking r/web:latest: gone home" {
		t.Errorf("a taken lock: %v", err)
	}
	check(t, held.Release())
	again, err := l.Lock(ctx, "r/web:latest")
	check(t, err)
	check(t, again.Release())
}
