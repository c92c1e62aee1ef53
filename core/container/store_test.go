package container_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/container/containertest"
)

func TestStoreKnowsItsImages(t *testing.T) {
	s := containertest.Store(t)
	id := containertest.Image{Files: map[string]string{"/a": "a"}}.Add(t, s)
	if size, err := s.Size(id); err != nil || size == 0 || !s.Has(id) {
		t.Errorf("it has %d bytes, %v; has it: %t", size, err, s.Has(id))
	}
	if err := s.Remove(id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Size(id); !errors.Is(err, container.ErrNoImage) || s.Has(id) {
		t.Errorf("after Remove: %v", err)
	}
}

func TestMountShowsAnImageOfAnyPlatform(t *testing.T) {
	s := containertest.Store(t)
	image := containertest.Image{Files: map[string]string{"/a": "a"}}
	image.Config.OS, image.Config.Architecture = "linux", "s390x"
	root, unmount, err := s.Mount(t.Context(), image.Add(t, s))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(root, "a")); err != nil || string(got) != "a" {
		t.Errorf("a = %q, %v", got, err)
	}
	if left, err := s.Sweep(t.Context()); left != 0 || err != nil {
		t.Errorf("%d views of a living process were swept, %v", left, err)
	}
	if err := unmount(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "a")); !os.IsNotExist(err) {
		t.Errorf("it is still mounted: %v", err)
	}
}

func TestOpenKeepsTheDriver(t *testing.T) {
	dir := t.TempDir()
	opts := container.Options{Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run"), Driver: "vfs"}
	first, err := container.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	id := containertest.Image{}.Add(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	opts.Driver = ""
	second, err := container.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if got := second.Storage().Driver; got != "vfs" || !second.Has(id) {
		t.Errorf("driver = %s, has the image: %t", got, second.Has(id))
	}
	if _, err := container.Open(container.Options{Root: "root", RunRoot: "run"}); err == nil || err.Error() != `opening the storage: "root" and "run" must be absolute paths` {
		t.Errorf("err = %v", err)
	}
}

func TestOwner(t *testing.T) {
	me, err := container.Self()
	if err != nil {
		t.Fatal(err)
	}
	again, ok := container.ParseOwner(me.String())
	if !ok || again != me || again.Dead() {
		t.Errorf("ParseOwner(%q) = %v, %t, dead: %t", me, again, ok, again.Dead())
	}
}

func FuzzParseOwner(f *testing.F) {
	f.Add("4026531836-1-12")
	f.Add("--")
	f.Add("a-0-b")
	f.Fuzz(func(t *testing.T, s string) {
		o, ok := container.ParseOwner(s)
		if !ok {
			return
		}
		if again, ok := container.ParseOwner(o.String()); !ok || again != o {
			t.Errorf("%q reads as %q and then as %q", s, o, again)
		}
	})
}
