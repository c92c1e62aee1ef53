package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// serve COMMAND… starts a registry that says its address on its first line,
// and names it $REGISTRY. The command interrupt ends it.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: serve COMMAND [ARG…]")
	}
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	cmd := exec.Command(path, args[1:]...) //nolint:gosec // the script's own words
	cmd.Args[0] = args[0]
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME")}
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	ts.Setenv("REGISTRY", strings.TrimSpace(line))
	ts.Value(serving{}).(*served).cmd = cmd
}

// serving is the key of what serve has started.
type serving struct{}

type served struct{ cmd *exec.Cmd }

// interrupt presses Ctrl-C on what serve has started, and wants it to end well.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serving{}).(*served)
	if neg || len(args) > 0 || s.cmd == nil {
		ts.Fatalf("usage: interrupt, after serve")
	}
	ts.Check(s.cmd.Process.Signal(os.Interrupt))
	ts.Check(s.cmd.Wait())
}
