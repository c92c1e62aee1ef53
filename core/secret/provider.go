package secret

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/slipway-build/slipway/sdk/diag"
)

// commandTime bounds how long a command may take to print a secret: longer
// than any password manager that needs nobody to type.
const commandTime = time.Minute

// read asks the provider of s. The value is as it stands there.
func (s Source) read(ctx context.Context, environ []string) ([]byte, error) {
	switch {
	case s.Env != "":
		return s.fromEnv(environ)
	case s.File != "":
		value, err := os.ReadFile(s.path())
		if err != nil {
			return nil, s.missing("the secret %q cannot be read: %v", s.Name, err).WithFix("put it there, or name another file")
		}
		return value, nil
	default:
		return s.fromCommand(ctx, environ)
	}
}

func (s Source) fromEnv(environ []string) ([]byte, error) {
	for _, e := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(e, s.Env+"="); ok {
			return []byte(value), nil
		}
	}
	return nil, s.missing("the environment has no %s, which holds the secret %q", s.Env, s.Name).WithFix("set it, for this run only")
}

// fromCommand runs the command in a group of its own, so that it ends as a
// whole. What it prints to standard error belongs into the message, what it
// prints to standard output never does.
func (s Source) fromCommand(ctx context.Context, environ []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.Dir, environ, &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, s.missing("%s, which prints the secret %q, took longer than %s", s.Command[0], s.Name, commandTime).
			WithFix("run it by hand: it must ask nothing")
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		d := s.missing("%s, which prints the secret %q, went wrong: %v", s.Command[0], s.Name, err).WithFix("run it by hand")
		return nil, d.WithDetail("%s", strings.TrimSpace(stderr.String()))
	}
	return stdout.Bytes(), nil
}

func (s Source) missing(format string, args ...any) diag.Diagnostic {
	return diag.Errorf("no-secret", s.Pos, format, args...)
}
