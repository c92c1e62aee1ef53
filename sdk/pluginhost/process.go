package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	goplugin "github.com/hashicorp/go-plugin"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// exitPatience is how long an error waits for the exit status that explains
// it: the connection breaks a little before the process is known to be dead, on
// a busy machine a good deal before. Only the error of a plugin that breaks the
// connection and lives on comes so late.
const exitPatience = 3 * time.Second

// A Process is a strategy in a process of its own. Start one with [Start], and
// end it with [Process.Close]. Its methods may be called concurrently. All its
// errors but diagnostics name the plugin.
type Process struct {
	strategy.Unimplemented

	command Command
	options Options
	output  *output
	plugin  *goplugin.Client
	client  *rpc.Client

	mu        sync.Mutex
	child     *child
	socketDir string
	died      bool // by itself, before it was ready
	doomed    bool // killed, perhaps before it was started
	builds    int
	closing   bool
	quiet     chan struct{} // closed when no build is under way while closing

	once     sync.Once
	closeErr error
}

var _ strategy.Strategy = (*Process)(nil)

// PID returns the number of the process, which is also that of its group.
func (p *Process) PID() int { return p.child.cmd.Process.Pid }

// Stderr returns the last 64 KiB of what the plugin wrote to standard error.
func (p *Process) Stderr() string {
	tail, _, _ := p.output.snapshot()
	return tail
}

// Stray returns the first 20 lines that the plugin printed on standard output,
// where nothing but the handshake belongs.
func (p *Process) Stray() []string {
	_, stray, _ := p.output.snapshot()
	return stray
}

// Describe implements [strategy.Strategy].
func (p *Process) Describe(ctx context.Context, r strategy.DescribeRequest) (strategy.DescribeResponse, error) {
	return call(ctx, p, "Describe", r, p.client.Describe)
}

// Validate implements [strategy.Strategy].
func (p *Process) Validate(ctx context.Context, r strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	return call(ctx, p, "Validate", r, p.client.Validate)
}

// Plan implements [strategy.Strategy].
func (p *Process) Plan(ctx context.Context, r strategy.PlanRequest) (strategy.PlanResponse, error) {
	return call(ctx, p, "Plan", r, p.client.Plan)
}

// Build implements [strategy.Strategy]. When ctx ends the plugin is asked to
// stop and given the grace to complete; the process goes on until Close.
func (p *Process) Build(ctx context.Context, r strategy.BuildRequest, events strategy.Events) error {
	p.mu.Lock()
	p.builds++
	p.mu.Unlock()
	defer p.buildEnded()
	return p.explain(p.client.Build(ctx, r, events))
}

func (p *Process) buildEnded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.builds--
	if p.builds == 0 && p.quiet != nil {
		close(p.quiet)
		p.quiet = nil
	}
}

// call bounds a call that must not take long.
func call[Req, Resp any](
	ctx context.Context, p *Process, name string, r Req, method func(context.Context, Req) (Resp, error),
) (Resp, error) {
	tooLong := &rpc.TimeoutError{Err: fmt.Errorf("it did not answer %s within %s", name, p.options.CallTimeout)}
	ctx, cancel := context.WithTimeoutCause(ctx, p.options.CallTimeout, tooLong)
	defer cancel()
	resp, err := method(ctx, r)
	return resp, p.explain(err)
}

// explain finds the cause of an error: a process that has died says more than
// the connection that broke with it.
func (p *Process) explain(err error) error {
	if err == nil || diag.Of(err) != nil {
		return err
	}
	if rpc.Lost(err) && p.child.exitedWithin(exitPatience) {
		p.mu.Lock()
		closing := p.closing
		p.mu.Unlock()
		if !closing {
			return p.crash()
		}
		err = errEnded
	}
	return fmt.Errorf("plugin %s: %w%s", p.command.name(), err, p.lastWords(err))
}

// lastWords quotes what the plugin wrote to standard error last, where err is
// not its own and that may tell why it did not answer.
func (p *Process) lastWords(err error) string {
	if _, ok := errors.AsType[*rpc.TimeoutError](err); ok || rpc.Lost(err) || errors.Is(err, rpc.ErrProtocol) {
		return said("it said last", p.Stderr())
	}
	return ""
}

// crash describes how the process ended; it must have.
func (p *Process) crash() *CrashError {
	e := &CrashError{Name: p.command.name(), PID: p.PID(), ExitCode: p.child.state.ExitCode(), Stderr: p.Stderr()}
	if status, ok := exitStatus(p.child.state); ok && status.Signaled() {
		e.Signal, e.ExitCode = status.Signal(), 0
	}
	return e
}

// ValidateNewer asks as [rpc.Client.ValidateNewer] does.
func (p *Process) ValidateNewer(ctx context.Context, r strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	return call(ctx, p, "Validate", r, p.client.ValidateNewer)
}
