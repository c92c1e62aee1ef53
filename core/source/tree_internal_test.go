package source

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A file that changes between the look at it and the copy would make a
// workspace that is not what it is called after.
func TestFileChangesWhileItIsCopied(t *testing.T) {
	from := t.TempDir()
	file := filepath.Join(from, "f")
	if err := os.WriteFile(file, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := buildkey.Read(t.Context(), from, []strategy.Input{{Path: "."}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := copyTree(t.Context(), from, files, t.TempDir()); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(file, []byte("after!"), 0o644); err != nil {
		t.Fatal(err)
	}
	err = copyTree(t.Context(), from, files, t.TempDir())
	if want := "copying " + file + ": it changed while it was read: try again"; !errors.Is(err, errMoved) || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}
