package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/searchpath"
	"github.com/slipway-build/slipway/core/container/namespace"
)

// update rewrites the texts that scripts compare with. Read every change: the
// texts are what a user sees.
var update = flag.Bool("u", false, "rewrite the expected texts of the scripts")

// TestMain lets this binary be slipway in the scripts. Slipway starts itself
// again, and what is started then is this binary under another name: so that is
// looked for first, as in main.
func TestMain(m *testing.M) {
	searchpath.Restore()
	if filepath.Base(os.Args[0]) != "slipway" {
		if code, ok := app.Hidden(os.Args); ok {
			os.Exit(code)
		}
	}
	testscript.Main(m, map[string]func(){"slipway": main, "hostile": hostile})
}

// TestScripts runs testdata/script, one behaviour a file.
func TestScripts(t *testing.T) {
	enterable := namespace.Check(t.Context())[0]
	if !enterable.OK {
		t.Logf("scripts that build are skipped: %s; %s", enterable.Detail, enterable.Fix)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup:               setup,
		Condition: func(name string) (bool, error) {
			switch name {
			case "containers":
				return enterable.OK, nil
			case "root":
				return os.Getuid() == 0, nil
			case "grpcio":
				return pythonDir() != "", nil
			case "mount":
				return exec.Command("unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt").Run() == nil, nil
			}
			return false, errors.New("unknown condition")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"faulty":    faulty,
			"registry":  registry(t),
			"requests":  requests,
			"serve":     serve,
			"interrupt": interrupt,
			"tool":      tool,
			"vanished":  vanished,
		},
	})
}

// pythonDir is the folder of a python3 that has grpcio; empty: there is none.
var pythonDir = sync.OnceValue(func() string {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/bin") {
		if exec.Command(filepath.Join(dir, "python3"), "-c", "import grpc").Run() == nil {
			return dir
		}
	}
	return ""
})

// setup gives each script a home and a storage of its own, below its folder,
// and a python3 with grpcio where there is one.
func setup(env *testscript.Env) error {
	if dir := pythonDir(); dir != "" {
		slipway, _, _ := strings.Cut(env.Getenv("PATH"), string(filepath.ListSeparator))
		env.Setenv("PATH", slipway+string(filepath.ListSeparator)+dir+string(filepath.ListSeparator)+env.Getenv("PATH"))
	}
	env.Values[watchedKey{}] = new(watched)
	env.Values[serving{}] = &served{}
	home := filepath.Join(env.WorkDir, ".home")
	env.Setenv("HOME", home)
	env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, ".data"))
	env.Setenv("USER", "tester")
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	env.Setenv("REPOSITORY", root) // for pages that are written by a command
	return os.Mkdir(home, 0o700)
}

// exits CODE COMMAND… runs a command and wants that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Check(err)
		}
		got = exit.ExitCode()
		// As shells tell it, and as slipway itself does for the process that it is in
		// an ordinary user's namespace.
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			got = 128 + int(status.Signal())
		}
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// program is compiled once for all scripts: a static binary, for RUN in an
// image that is FROM scratch.
var program = sync.OnceValues(func() ([]byte, error) { return compiled("tool") })

// compiled is a program of testdata as a static binary.
func compiled(name string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "slipway-"+name+"-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, name)
	cmd := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, filepath.Join("testdata", name, "main.go"))
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, errors.Join(err, errors.New(string(text)))
	}
	return os.ReadFile(out)
}

// tool FILE puts the program there.
func tool(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: tool FILE")
	}
	data, err := program()
	ts.Check(err)
	file := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
	ts.Check(os.WriteFile(file, data, 0o755))
}
