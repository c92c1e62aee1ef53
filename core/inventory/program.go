package inventory

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// ProgramTimeout is how long a program may take to print its groups unless
// Programs say otherwise.
const ProgramTimeout = 30 * time.Second

// Bounds of what a program may print, in bytes.
const (
	maxListing = 64 << 20
	maxSaid    = 4 << 10
)

// Programs runs the programs of an inventory, as Ansible's dynamic inventories:
// called with --list they print groups as JSON. They run in their own folder.
type Programs struct {
	Env     []string      // their environment: "NAME=value"
	Timeout time.Duration // 0: ProgramTimeout
}

// Run returns what a program prints. What goes wrong is told with what it said
// on its standard error; everything it started is killed when time is up.
func (p Programs) Run(ctx context.Context, path string) ([]byte, error) {
	timeout := p.Timeout
	if timeout == 0 {
		timeout = ProgramTimeout
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, path, "--list")
	cmd.Dir, cmd.Env = filepath.Dir(path), p.Env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	out, said := &tail{max: maxListing}, &tail{max: maxSaid}
	cmd.Stdout, cmd.Stderr = out, said
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, said.explain(diag.Errorf("program", diag.Pos{File: path}, "it did not finish within %v", timeout).
			WithFix("make it faster, or let it print what it found before"))
	case err != nil:
		return nil, said.explain(diag.Errorf("program", diag.Pos{File: path}, "%s", howItEnded(err)))
	case out.cut:
		return nil, diag.Errorf("program", diag.Pos{File: path}, "it printed more than %d MiB", maxListing>>20)
	case len(bytes.TrimSpace(out.kept)) == 0:
		return nil, said.explain(diag.Errorf("program", diag.Pos{File: path}, "it printed nothing on its standard output").
			WithFix("print {\"_meta\": {\"imagevars\": {}}} when there is nothing to tell"))
	}
	return out.kept, nil
}

func howItEnded(err error) string {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return fmt.Sprintf("it was ended by the signal %v", status.Signal())
		}
		return fmt.Sprintf("it exited with code %d", exit.ExitCode())
	}
	return "it could not be started: " + cause(err)
}

// A tail keeps the last bytes that are written to it.
type tail struct {
	max  int
	kept []byte
	cut  bool
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - t.max; over > 0 {
		t.kept, t.cut = append(t.kept[:0], t.kept[over:]...), true
	}
	return len(p), nil
}

// explain adds what a program said.
func (t *tail) explain(d diag.Diagnostic) diag.Diagnostic {
	if text := strings.ToValidUTF8(strings.TrimSpace(string(t.kept)), "?"); text != "" {
		return d.WithDetail("It said:\n%s", text)
	}
	return d
}

// readProgram reads the groups that a program prints.
func (l *loader) readProgram(path string) {
	if l.options.Program == nil {
		l.found.Add(diag.Errorf("bad-file", diag.Pos{File: path}, "programs that print groups are not run here").
			WithFix("write what it prints into a .json file, or make it not executable"))
		return
	}
	text, err := l.options.Program(path)
	if ds := diag.Of(err); ds != nil {
		l.found.Add(ds...)
		return
	}
	if err != nil {
		l.found.Add(diag.Errorf("program", diag.Pos{File: path}, "%v", err))
		return
	}
	// What it printed is no file: nobody shall look for its lines in one.
	name := path + " --list"
	if d, bad := checkJSON(name, text); bad {
		l.found.Add(d)
		return
	}
	n, ds := document.Parse(name, text)
	l.found.Add(ds...)
	if ds == nil {
		l.readListing(n)
	}
}

// checkJSON refuses what is YAML only, and tells where JSON ends to be JSON.
func checkJSON(name string, text []byte) (diag.Diagnostic, bool) {
	var value json.RawMessage
	err := json.Unmarshal(text, &value)
	if err == nil {
		return diag.Diagnostic{}, false
	}
	pos := diag.Pos{File: name}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := text[:min(max(int(syntax.Offset)-1, 0), len(text))]
		pos.Line = 1 + bytes.Count(before, []byte("\n"))
		pos.Column = 1 + len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:])))
	}
	return diag.Errorf("syntax", pos, "what it printed is not JSON: %v", err).
		WithFix("print JSON alone on the standard output, and everything else on the standard error"), true
}
