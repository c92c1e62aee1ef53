package buildtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// Program stands for the content of the program that RUN steps run in images
// that hold nothing else; testdata/helper is its source.
const Program = "\x00program"

// Foreign is a program that no machine executes.
const Foreign = "\x7fELF of another machine"

// ProgramVariable names, in the environment, a program that is compiled already.
const ProgramVariable = "SLIPWAY_TEST_HELPER"

// Workspace writes files.
func Workspace(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		data, mode := []byte(content), os.FileMode(0o644)
		switch content {
		case Program:
			data, mode = Compiled(t), 0o755
		case Foreign:
			mode = 0o755
		}
		if err := os.WriteFile(path, data, mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Compiled returns the program. It is compiled once.
func Compiled(t testing.TB) []byte {
	t.Helper()
	content, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	return content
}

var compiled = sync.OnceValues(func() ([]byte, error) {
	if path := os.Getenv(ProgramVariable); path != "" {
		return os.ReadFile(path)
	}
	dir, err := os.MkdirTemp("", "slipway-helper")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "helper")
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, "github.com/slipway-build/slipway/plugins/internal/buildtest/testdata/helper")
	cmd.Env, cmd.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})
