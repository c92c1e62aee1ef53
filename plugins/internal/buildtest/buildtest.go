// Package buildtest is what tests of strategies that build with buildah share:
// a storage of their own, workspaces, a program for images that hold nothing
// else, and a listener that keeps what a build says.
//
// Storage is overlay where that works, else vfs, which copies every layer whole
// and works everywhere. Without root, or a user namespace, a test that builds is
// skipped: no namespace can be made.
package buildtest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/containers/storage"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Yard is where a test builds: a storage and a cache.
type Yard struct {
	Storage strategy.Storage
	Cache   string
}

// Fastest is overlay where it works, else vfs.
const Fastest = ""

// NewYard makes a storage that is taken down with the test.
func NewYard(t testing.TB, driver string) Yard {
	t.Helper()
	needPrivileges(t)
	if driver == Fastest {
		driver = fastestHere()
	}
	dir := t.TempDir()
	y := Yard{
		Storage: strategy.Storage{Driver: driver, Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")},
		Cache:   filepath.Join(dir, "cache"),
	}
	if err := os.Mkdir(y.Cache, 0o700); err != nil {
		t.Fatal(err)
	}
	store, err := storage.GetStore(y.options())
	if err != nil {
		t.Skipf("no %s storage here: %v", driver, err)
	}
	t.Cleanup(func() {
		if _, err := store.Shutdown(true); err != nil {
			t.Errorf("closing the storage: %v", err)
		}
	})
	return y
}

// needPrivileges skips a test where no namespace can be made.
func needPrivileges(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, or a user namespace entered by unshare --user --map-root-user --mount")
	}
}

// fastestHere is found once: making a storage tells whether overlay works.
var fastestHere = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "slipway-overlay")
	if err != nil {
		return "vfs"
	}
	defer os.RemoveAll(dir)
	store, err := storage.GetStore(storage.StoreOptions{GraphDriverName: "overlay", GraphRoot: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")})
	if err != nil {
		return "vfs"
	}
	if _, err := store.Shutdown(true); err != nil {
		return "vfs"
	}
	return "overlay"
})

func (y Yard) options() storage.StoreOptions {
	return storage.StoreOptions{GraphDriverName: y.Storage.Driver, GraphRoot: y.Storage.Root, RunRoot: y.Storage.RunRoot}
}

// Store opens the storage.
func (y Yard) Store(t testing.TB) storage.Store {
	t.Helper()
	store, err := storage.GetStore(y.options())
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// Request is a build of a workspace; change it before building.
func (y Yard) Request(t testing.TB, id, dir string) strategy.BuildRequest {
	t.Helper()
	return strategy.BuildRequest{
		ID:      id,
		Config:  []byte(`{}`),
		Target:  strategy.Target{Image: "demo"},
		Dirs:    strategy.Dirs{Workspace: dir, Output: t.TempDir(), Scratch: t.TempDir(), Cache: y.Cache},
		Storage: y.Storage,
	}
}

// Base binds a reference to an image of the storage.
func (y Yard) Base(reference, imageID string) strategy.BaseImage {
	return strategy.BaseImage{Reference: reference, ImageID: imageID, Location: y.Storage.Reference(imageID)}
}

// Read returns a file of an image; "" when it is not there.
func (y Yard) Read(t testing.TB, imageID, path string) string {
	t.Helper()
	store := y.Store(t)
	id := strings.TrimPrefix(imageID, "sha256:")
	root, err := store.MountImage(id, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = store.UnmountImage(id, true) }() // the storage goes with the test
	content, err := os.ReadFile(filepath.Join(root, path))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(content)
}

// Containers are the names of the working containers.
func (y Yard) Containers(t testing.TB) []string {
	t.Helper()
	all, err := y.Store(t).Containers()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range all {
		names = append(names, c.Names...)
	}
	return names
}
