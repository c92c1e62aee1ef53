package world_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/slipway-build/slipway/core/smoke/world"
)

// image makes a file tree whose links lead out of it for who does not look.
func image(t *testing.T) (tree world.Tree, outside string) {
	t.Helper()
	base := t.TempDir()
	root := filepath.Join(base, "root")
	outside = filepath.Join(base, "secret")
	for path, text := range map[string]string{
		outside: "outside", filepath.Join(root, "usr/lib/os-release"): "ID=site\n", filepath.Join(root, "secret"): "inside",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"etc": "/usr/lib", "up": "../../../../secret", "absolute": "/secret", "nowhere": "/no/such", "host": outside,
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	w := world.New(world.Parts{Subject: &world.Subject{Root: func(context.Context) (string, error) { return root, nil }}})
	tree, err := w.Files(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !w.Used() {
		t.Error("the image does not count as used")
	}
	return tree, outside
}

func TestTreeStaysInside(t *testing.T) {
	tree, outside := image(t)
	tests := []struct{ path, want, err string }{
		{"/etc/os-release", "ID=site\n", ""},
		{"/absolute", "inside", ""},
		{"/up", "inside", ""},
		{"/../../secret", "inside", ""},
		{"/nowhere", "", "/nowhere does not exist"},
		{"/secret/below", "", "/secret/below does not exist"},
		{"/host", "", "/host does not exist"},
		{outside, "", outside + " does not exist"},
		{"/usr", "", "/usr is a directory, not a file"},
	}
	for _, tt := range tests {
		f, err := tree.Open(tt.path)
		if err != nil {
			if err.Error() != tt.err {
				t.Errorf("Open(%s): %v, want %q", tt.path, err, tt.err)
			}
			continue
		}
		got, err := os.ReadFile(f.Name())
		f.Close()
		if err != nil || string(got) != tt.want || tt.err != "" {
			t.Errorf("Open(%s): %q, %v, want %q, %q", tt.path, got, err, tt.want, tt.err)
		}
	}
}
