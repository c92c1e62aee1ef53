package build

import (
	"os"
	"path/filepath"
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

func TestLeaseSweptAway(t *testing.T) {
	root := t.TempDir()
	l, err := takeLease(root, "one")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(l.path); err != nil {
		t.Fatal(err)
	}
	if l.current() {
		t.Error("a lease whose file was removed counts as current: a sweep would take its build for dead")
	}
	l.release()
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
