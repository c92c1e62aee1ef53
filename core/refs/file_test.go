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
