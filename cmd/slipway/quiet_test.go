package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestStartRunsNothing starts slipway where PATH offers a program called "go",
// which a library would run in every process.
func TestStartRunsNothing(t *testing.T) {
	dir := t.TempDir()
	witness := filepath.Join(dir, "witness")
	script := "#!/bin/sh\n: > " + witness + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "version")
	cmd.Args[0] = "slipway"
	cmd.Env = append(os.Environ(), "PATH="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("slipway version: %v\n%s", err, out)
	}
	if _, err := os.Stat(witness); err == nil {
		t.Error("starting slipway ran the program `go`")
	}
}
