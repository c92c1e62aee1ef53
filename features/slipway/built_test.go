package slipway_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// built is what is compiled once for all scenarios.
type built struct {
	slipway string // the binary under test
	program []byte // what the images hold: see testdata/program
}

// compile builds both in a folder that any user may read.
func compile(t *testing.T) *built {
	t.Helper()
	dir, err := os.MkdirTemp("", "slipway-features-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	b := &built{slipway: filepath.Join(dir, "slipway")}
	program := filepath.Join(dir, "program")
	goBuild(t, "../../cmd/slipway", b.slipway)
	goBuild(t, "./testdata/program", program, "CGO_ENABLED=0")
	if b.program, err = os.ReadFile(program); err != nil {
		t.Fatal(err)
	}
	return b
}

func goBuild(t *testing.T, pkg, out string, env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", out, pkg)
	cmd.Env = append(os.Environ(), env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(fmt.Errorf("compiling %s: %w\n%s", pkg, err, said))
	}
}
