package wholefile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/slipway-build/slipway/core/internal/wholefile"
)

func TestWrite(t *testing.T) {
	for name, write := range map[string]func(string, []byte, os.FileMode) error{"cache": wholefile.Write, "durable": wholefile.WriteDurably} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			for _, text := range []string{"one", "two"} {
				if err := write(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				got, err := os.ReadFile(path)
				if err != nil || string(got) != text {
					t.Errorf("it holds %q, %v; want %q", got, err, text)
				}
			}
			if info, err := os.Stat(path); err != nil || info.Mode() != 0o644 {
				t.Errorf("its mode is %v, %v", info.Mode(), err)
			}
			alone(t, dir)
		})
	}
}

// What cannot take its place leaves that as it is, and nothing beside.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := wholefile.Write(path, []byte("x"), 0o600); err == nil {
		t.Error("a folder was replaced by a file")
	}
	alone(t, dir)
	if err := wholefile.WriteDurably(filepath.Join(dir, "none", "file"), nil, 0o600); err == nil {
		t.Error("a file was written into a folder that is not there")
	}
}

// alone insists on one entry.
func alone(t *testing.T, dir string) {
	t.Helper()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("there are %v, %v; want one", entries, err)
	}
}

// A cache begins with its first file.
func TestWriteMakesTheFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache", "facts", "one")
	if err := wholefile.Write(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "x" {
		t.Errorf("it holds %q, %v", got, err)
	}
}
