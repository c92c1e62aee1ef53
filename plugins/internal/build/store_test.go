package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/containers/storage"
	"github.com/google/go-cmp/cmp"
)

// newStore is a container storage of the test's own.
func newStore(t *testing.T) storage.Store {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, or a user namespace")
	}
	dir := t.TempDir()
	store, err := storage.GetStore(storage.StoreOptions{GraphDriverName: "vfs", GraphRoot: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = store.Shutdown(true) })
	return store
}

// TestDropNames expects that a build takes no image away from another one that
// is committing it, and that what a killed build left is gone with the next.
func TestDropNames(t *testing.T) {
	store := newStore(t)
	committing := "docker.io/library/" + strings.Repeat("0a", 32) + "-tmp:latest"
	image, err := store.CreateImage("", []string{"localhost/parent:latest", committing}, "", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := takeLease(store.GraphRoot(), "other")
	if err != nil {
		t.Fatal(err)
	}
	mine, err := takeLease(store.GraphRoot(), "mine")
	if err != nil {
		t.Fatal(err)
	}
	defer mine.release()
	expectNames := func(when string, want ...string) {
		t.Helper()
		if err := dropNames(store, "mine"); err != nil {
			t.Fatal(err)
		}
		got, err := store.Names(image.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("names %s (-want +got):\n%s", when, diff)
		}
	}
	expectNames("while another build is alive", committing)
	other.file.Close() // as the kernel does
	expectNames("when no other build is alive")
}
