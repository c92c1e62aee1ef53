package build

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/containers/storage"
	"github.com/google/go-cmp/cmp"
)

func TestLeases(t *testing.T) {
	root := t.TempDir()
	live, err := takeLease(root, "live")
	if err != nil {
		t.Fatal(err)
	}
	defer live.release()
	if _, err := takeLease(root, "live"); err == nil {
		t.Error("a lease was taken twice")
	}
	killed, err := takeLease(root, "killed")
	if err != nil {
		t.Fatal(err)
	}
	killed.file.Close() // as the kernel does
	dead, err := deadLeases(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range dead {
		names = append(names, filepath.Base(l.path))
		l.release()
	}
	if diff := cmp.Diff([]string{"killed"}, names); diff != "" {
		t.Errorf("dead leases (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(killed.path); !os.IsNotExist(err) {
		t.Errorf("a released lease is still there: %v", err)
	}
}

// Builds begin and end while others sweep: none is refused its lease, and none
// that is alive is taken for dead.
func TestLeasesWhileOthersSweep(t *testing.T) {
	root, over := t.TempDir(), make(chan struct{})
	var sweepers sync.WaitGroup
	defer sweepers.Wait()
	defer close(over)
	for range 2 {
		sweepers.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				dead, err := deadLeases(root)
				if err != nil || len(dead) > 0 {
					t.Errorf("found dead: %v, %v", dead, err)
					return
				}
				if _, err := othersAlive(root, "mine"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 2000 {
		l, err := takeLease(root, fmt.Sprint("build", i))
		if err != nil {
			t.Fatal(err)
		}
		l.release()
	}
}

// A dead build's lease is taken over by one of the same name.
func TestLeaseOfDead(t *testing.T) {
	root := t.TempDir()
	dead, err := takeLease(root, "one")
	if err != nil {
		t.Fatal(err)
	}
	dead.file.Close()
	l, err := takeLease(root, "one")
	if err != nil {
		t.Fatal(err)
	}
	defer l.release()
	if _, err := takeLease(root, "one"); fmt.Sprint(err) != "taking the lease of build one: resource temporarily unavailable" {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(leaseDir(root)); len(entries) != 1 || err != nil {
		t.Errorf("the folder holds %v, %v; wanted one lease", entries, err)
	}
}

// A lease that was swept away while it was being locked is none.
func TestLeaseSweptAway(t *testing.T) {
	root := t.TempDir()
	l, err := takeLease(root, "one")
	if err != nil {
		t.Fatal(err)
	}
	defer l.release()
	if err := os.Rename(l.path, l.path+"-swept"); err != nil {
		t.Fatal(err)
	}
	if l.current() {
		t.Error("a lease whose file is gone counts as current: a sweep would take its build for dead")
	}
}

func TestLeaseNames(t *testing.T) {
	for _, id := range []string{"", "../x", "a b", ".hidden"} {
		if _, err := takeLease(t.TempDir(), id); err == nil {
			t.Errorf("the identifier %q was accepted", id)
		}
	}
}

func TestOwns(t *testing.T) {
	tests := []struct {
		name, build string
		want        bool
	}{
		{suffix("b"), "b", true},
		{"alpine-" + suffix("b"), "b", true},
		{"0123456789ab-" + suffix("b") + "-12", "b", true},
		{"mount0-" + suffix("b"), "b", true},
		{suffix("b-1"), "b", false},
		{suffix("b-build"), "b", false},
		{suffix("bb"), "b", false},
		{"working-container", "b", false},
	}
	for _, tt := range tests {
		if got := owns(tt.build, storage.Container{Names: []string{tt.name}}); got != tt.want {
			t.Errorf("build %s owns %s: %v, want %v", tt.build, tt.name, got, tt.want)
		}
	}
}
