package sdk

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// childGrace is how long a child process may take to end after SIGTERM, and what
// it has started may keep its output open: a build that is stopped should be over
// within two seconds.
const childGrace = time.Second

// A Step is an open step of a build. What is written to it is its output. Its
// methods may be called from several goroutines. Nothing here returns the
// error of a host that has gone away: the build's context says so.
type Step struct {
	id     string
	events strategy.Events
	cached atomic.Bool
	closed atomic.Bool
}

var _ io.Writer = (*Step)(nil)

// Write logs p as standard output of the step. It always succeeds.
func (s *Step) Write(p []byte) (int, error) { return s.log(p, false) }

// Stderr returns a writer for the step's error output.
func (s *Step) Stderr() io.Writer { return stderr{s} }

type stderr struct{ step *Step }

func (w stderr) Write(p []byte) (int, error) { return w.step.log(p, true) }

func (s *Step) log(p []byte, isErr bool) (int, error) {
	_ = s.events.Send(strategy.Log{Step: s.id, Stderr: isErr, Data: bytes.Clone(p)})
	return len(p), nil
}

// Logf logs one line.
func (s *Step) Logf(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

// Progress says how far the step is; total is 0 when unknown.
func (s *Step) Progress(current, total int64, unit string) {
	_ = s.events.Send(strategy.StepProgress{ID: s.id, Current: current, Total: total, Unit: unit})
}

// Cached says that the step had nothing to do.
func (s *Step) Cached() { s.cached.Store(true) }

// Command returns a command whose output the step logs, for one that needs a
// folder, an environment or an input of its own. When ctx ends it gets SIGTERM,
// and SIGKILL a second later.
func (s *Step) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = s, s.Stderr()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = childGrace
	return cmd
}

// Run runs such a command as it is.
func (s *Step) Run(ctx context.Context, name string, args ...string) error {
	if err := s.Command(ctx, name, args...).Run(); err != nil {
		return fmt.Errorf("running %s: %w", strings.Join(append([]string{name}, args...), " "), err)
	}
	return nil
}

// Done closes the step, as failed when *err is not nil. Use it as
// `defer step.Done(&err)`; err may be nil. Only the first call counts.
func (s *Step) Done(err *error) {
	if s.closed.Swap(true) {
		return
	}
	finished := strategy.StepFinished{ID: s.id, Outcome: strategy.OK}
	switch {
	case err != nil && *err != nil:
		finished.Outcome, finished.Detail = strategy.Failed, (*err).Error()
	case s.cached.Load():
		finished.Outcome = strategy.Cached
	}
	_ = s.events.Send(finished)
}
