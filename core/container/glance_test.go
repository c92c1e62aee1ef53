package container_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/container/containertest"
)

func TestLookAt(t *testing.T) {
	s := containertest.Store(t)
	id := containertest.Image{}.Add(t, s)
	where := s.Storage()
	o := container.Options{Root: where.Root, RunRoot: where.RunRoot}
	g, err := container.LookAt(o)
	if err != nil {
		t.Fatal(err)
	}
	if !g.Has(id) || g.Has("sha256:0000") {
		t.Errorf("%s: %t, another: %t; want only the first", id, g.Has(id), g.Has("sha256:0000"))
	}
	if err := s.Remove(id); err != nil {
		t.Fatal(err)
	}
	if g, err = container.LookAt(o); err != nil || g.Has(id) {
		t.Errorf("a removed image is there: %v", err)
	}
}

func TestLookAtNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	g, err := container.LookAt(container.Options{Root: dir})
	if err != nil || g.Has("sha256:0000") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("looking made something: %v", err)
	}
}
