package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/engine"
)

// A process is a program that a step runs on this machine.
type process struct {
	argv    []string
	dir     string
	env     []string
	stdin   string
	timeout time.Duration // 0: none
}

// processResult is what is registered of an action that runs a program.
type processResult struct {
	Argv        []string `yaml:"argv" doc:"the program and its arguments"`
	RC          int      `yaml:"rc" doc:"its exit code; -1 when it could not be started or was ended by a signal"`
	Stdout      string   `yaml:"stdout" doc:"what it wrote to its output, without the last line ends"`
	StdoutLines []string `yaml:"stdout_lines" doc:"the same, line by line"`
	Stderr      string   `yaml:"stderr" doc:"what it wrote to its error output, without the last line ends"`
	Elapsed     float64  `yaml:"elapsed" doc:"the seconds that it took"`
}

// run runs the program to its end. Its output goes to the step's log as well.
func (p process) run(ctx context.Context, step engine.Step) (engine.Result, error) {
	if p.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.timeout)
		defer cancel()
	}
	if _, err := os.Stat(within("", p.dir)); err != nil { // else it would be said of the program
		return engine.Result{Values: declare.Values(processResult{Argv: p.argv, RC: -1})}, fmt.Errorf("running %s: %w", strings.Join(p.argv, " "), err)
	}
	var stdout, stderr bytes.Buffer
	cmd := p.command(ctx)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&stdout, step.Log), io.MultiWriter(&stderr, step.Log)
	begun := time.Now()
	err := cmd.Run()
	took := time.Since(begun)
	r := processResult{
		Argv: p.argv, RC: cmd.ProcessState.ExitCode(), Elapsed: took.Seconds(),
		Stdout: strings.TrimRight(stdout.String(), "\n"), Stderr: strings.TrimRight(stderr.String(), "\n"),
	}
	r.StdoutLines = lines(r.Stdout)
	result := engine.Result{Changed: true, Verb: "ran", Detail: strings.Join(p.argv, " "), Values: declare.Values(r)}
	return result, p.failure(ctx, took, err)
}

// lines are those of a text; a text that is empty has none.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// command prepares a process in a group of its own, which ends as a whole.
func (p process) command(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.argv[0], p.argv[1:]...)
	cmd.Dir, cmd.Env = p.dir, p.env
	if p.stdin != "" {
		cmd.Stdin = strings.NewReader(p.stdin)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func (p process) failure(ctx context.Context, took time.Duration, err error) error {
	if err == nil {
		return nil
	}
	running := "running " + strings.Join(p.argv, " ")
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%s: stopped after %s", running, took.Round(time.Second))
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%s: it ended with %s", running, exit.ProcessState)
	}
	return fmt.Errorf("%s: %w", running, err)
}

// environment joins environments; of a name given twice the later one counts.
// extra is added last, in the order of its names.
func environment(extra map[string]string, others ...[]string) []string {
	env := slices.Concat(others...)
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		env = append(env, name+"="+extra[name])
	}
	return env
}
