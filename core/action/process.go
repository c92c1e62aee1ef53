package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/leash"
)

// grace is how long a program may take to end when it is asked to.
const grace = 5 * time.Second

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
		ctx, cancel = context.WithTimeoutCause(ctx, p.timeout, fmt.Errorf("it took longer than %s", p.timeout))
		defer cancel()
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, p.argv[0], p.argv[1:]...)
	cmd.Dir, cmd.Env = p.dir, p.env
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&stdout, step.Log), io.MultiWriter(&stderr, step.Log)
	if p.stdin != "" {
		cmd.Stdin = strings.NewReader(p.stdin)
	}
	begun := time.Now()
	err := leash.Run(cmd, grace)
	took := time.Since(begun)
	r := processResult{
		Argv: p.argv, RC: leash.ExitCode(err), Elapsed: took.Seconds(),
		Stdout: strings.TrimRight(stdout.String(), "\n"), Stderr: strings.TrimRight(stderr.String(), "\n"),
	}
	r.StdoutLines = lines(r.Stdout)
	result := engine.Result{Changed: true, Verb: "ran", Detail: strings.Join(p.argv, " "), Values: declare.Values(r)}
	return result, p.failure(ctx, err)
}

// lines are those of a text; a text that is empty has none.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func (p process) failure(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	running := "running " + strings.Join(p.argv, " ")
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", running, context.Cause(ctx))
	}
	if exit, ok := errors.AsType[*leash.ExitError](err); ok {
		return fmt.Errorf("%s: it ended with %w", running, exit)
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
