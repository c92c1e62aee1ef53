package refs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/refs"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func TestBelow(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b/a.yaml", "a.yml", "b/Kustomization", "b/c.json", ".git/x.yml", "b/.hidden.yml"} {
		write(t, filepath.Join(dir, name), "")
	}
	got, err := refs.Below(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		got[i] = strings.TrimPrefix(got[i], dir+"/")
	}
	if diff := cmp.Diff([]string{"a.yml", "b/.hidden.yml", "b/Kustomization", "b/a.yaml"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := refs.Below(filepath.Join(dir, "none")); err == nil || !strings.HasPrefix(err.Error(), "looking for deployment files: ") {
		t.Errorf("the error is %v", err)
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "real", "a.yml"), filepath.Join(dir, "a.yml")
	write(t, file, "image: acme/api:1\n")
	if err := errors.Join(os.Chmod(file, 0o640), os.Symlink("real/a.yml", link)); err != nil {
		t.Fatal(err)
	}
	w, ds := rewriter(refs.TagOnly).Rewrite(link, []byte("image: acme/api:1\n"))
	if ds != nil {
		t.Fatal(ds)
	}
	if err := w.Save(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(file)
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	if to, err := os.Readlink(link); err != nil || to != "real/a.yml" {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	if text, err := os.ReadFile(link); err != nil || string(text) != "image: acme/api:1.10\n" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("beside it is %v, %v", left, err)
	}
	if err := w.Save(); err == nil || err.Error() != "writing "+link+": somebody else has changed it meanwhile" {
		t.Errorf("the error is %v", err)
	}
}
