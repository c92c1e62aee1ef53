package source_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/core/source/git"
	"github.com/slipway-build/slipway/core/source/gittest"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A site is an image's folder and what stands beside it, with a cache.
type site struct {
	t      *testing.T
	dir    string
	spaces *source.Workspaces
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir()}
	s.spaces = s.another(filepath.Join(t.TempDir(), "cache"))
	s.write("image/own", "own")
	return s
}

// another has workspaces as another process has them.
func (s *site) another(cache string) *source.Workspaces {
	return &source.Workspaces{
		Dir: cache, Mirrors: &git.Mirrors{Dir: filepath.Join(cache, "git"), Env: gittest.Env(s.t)},
		Secret: func(_ context.Context, from secret.Source) ([]byte, error) {
			return []byte("value of " + from.Name), nil
		},
	}
}

func (s *site) write(name, text string) { write(s.t, s.dir, name, text) }

func (s *site) image() string { return filepath.Join(s.dir, "image") }

// layers reads a list of sources as image.yml has it.
func (s *site) layers(yaml string) []source.Layer {
	s.t.Helper()
	layers, found := s.read(yaml)
	if found != nil {
		s.t.Fatal(found)
	}
	return layers
}

func (s *site) read(yaml string) (layers []source.Layer, found diag.List) {
	s.t.Helper()
	file := filepath.Join(s.image(), "image.yml")
	n, found := document.Parse(file, []byte(yaml))
	for _, item := range n.Items() {
		l, ds := source.Read(item, item, s.image(), []secret.Source{{Name: "token", Env: "TOKEN"}})
		layers = append(layers, l)
		found.Add(ds...)
	}
	return layers, found
}

// ground lays a workspace.
func (s *site) ground(yaml string) (source.Workspace, error) {
	s.t.Helper()
	return s.spaces.Ground(s.t.Context(), s.image(), s.layers(yaml))
}

// clean takes this machine's folders out of a text.
func (s *site) clean(err error) string {
	return strings.NewReplacer(s.dir+"/", "", s.spaces.Dir, "CACHE").Replace(fmt.Sprint(err))
}

// archive packs names and contents.
func archive(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for i := 0; i < len(pairs); i += 2 {
		h := &tar.Header{Name: pairs[i], Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(pairs[i+1]))}
		if target, ok := strings.CutPrefix(pairs[i+1], "-> "); ok {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, target, 0
		}
		err := w.WriteHeader(h)
		if err == nil && h.Size > 0 {
			_, err = io.WriteString(w, pairs[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
