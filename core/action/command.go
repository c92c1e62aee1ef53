package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Command is the action that runs a program on this machine. It always counts
// as changed, as in Ansible, and is skipped when nothing may be changed.
type Command struct {
	Dir string   // relative folders start here
	Env []string // the environment of every command
}

// commandArgs are the arguments of `command`.
type commandArgs struct {
	Argv    []string          `yaml:"argv"` // the program and its arguments
	Shell   string            `yaml:"shell"`
	Chdir   string            `yaml:"chdir"`
	Env     map[string]string `yaml:"environment"`
	Timeout time.Duration     `yaml:"timeout"`
}

// Check judges the arguments as written.
func (*Command) Check(args document.Node) diag.List {
	var a commandArgs
	ds := document.Decode(args, &a)
	if ds == nil && (len(a.Argv) == 0) == (a.Shell == "") {
		ds.Add(diag.Errorf("bad-command", args.Pos(), "command needs either argv or shell").WithFix(`write command: { argv: ["make", "check"] }`))
	}
	return ds
}

// Run runs the command of a step.
func (c *Command) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	var args commandArgs
	if err := document.Decode(step.Args, &args).Err(); err != nil {
		return engine.Result{}, err
	}
	if step.Check {
		return engine.Result{Skipped: true}, nil
	}
	if args.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, args.Timeout)
		defer cancel()
	}
	argv := args.Argv
	if args.Shell != "" {
		argv = []string{"/bin/sh", "-c", args.Shell}
	}
	var stdout, stderr bytes.Buffer
	cmd := c.command(ctx, argv, args)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&stdout, step.Log), io.MultiWriter(&stderr, step.Log)
	begun := time.Now()
	err := cmd.Run()
	result := engine.Result{Changed: true, Verb: "ran", Detail: strings.Join(argv, " "), Values: map[string]any{
		"stdout": strings.TrimRight(stdout.String(), "\n"), "stderr": strings.TrimRight(stderr.String(), "\n"), "rc": cmd.ProcessState.ExitCode(),
	}}
	return result, commandError(ctx, argv, time.Since(begun), err)
}

// command prepares a process in a group of its own, which ends as a whole.
func (c *Command) command(ctx context.Context, argv []string, args commandArgs) *exec.Cmd {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = c.Dir
	if args.Chdir != "" {
		cmd.Dir = args.Chdir
		if !filepath.IsAbs(args.Chdir) {
			cmd.Dir = filepath.Join(c.Dir, args.Chdir)
		}
	}
	cmd.Env = append(cmd.Env, c.Env...)
	for name, value := range args.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func commandError(ctx context.Context, argv []string, took time.Duration, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("running %s: stopped after %s", strings.Join(argv, " "), took.Round(time.Second))
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("running %s: it ended with %s", strings.Join(argv, " "), exit.ProcessState)
	}
	return fmt.Errorf("running %s: %w", strings.Join(argv, " "), err)
}
