package pluginhost

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"syscall"
	"time"
)

// killGrace is how long a killed process may take to vanish. One that takes
// longer sits in the kernel and cannot be ended by anybody.
const killGrace = 5 * time.Second

// Close ends the plugin: it asks builds to stop, closes the lifeline, sends
// SIGTERM and then SIGKILL to the group, and waits for the exit after each as
// long as the options say. When ctx ends, it goes to the last step at once.
// Nothing of the plugin is left afterwards; an error says that the process
// could not be ended. Close may be called more than once.
func (p *Process) Close(ctx context.Context) error {
	defer context.AfterFunc(ctx, p.kill)()
	p.once.Do(func() { p.closeErr = p.close(ctx) })
	return p.closeErr
}

func (p *Process) close(ctx context.Context) error {
	p.stopBuilds(ctx)
	if !p.descend() {
		return fmt.Errorf("ending plugin %s: process %d does not end after SIGKILL", p.command.name(), p.PID())
	}
	p.release()
	return nil
}

// stopBuilds asks the builds under way to complete, and waits for that.
func (p *Process) stopBuilds(ctx context.Context) {
	quiet := p.beginClosing()
	if quiet == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, p.options.StopGrace)
	defer cancel()
	if p.client.Stop(ctx) != nil {
		return
	}
	select {
	case <-quiet:
	case <-p.child.exited:
	case <-ctx.Done():
	}
}

// beginClosing returns a channel that is closed when the last build has ended,
// or nil when none is under way. Calls that a dead process has not answered are
// still told that it died.
func (p *Process) beginClosing() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = !p.child.over()
	if p.builds == 0 {
		return nil
	}
	p.quiet = make(chan struct{})
	return p.quiet
}

// descend takes the steps that need no cooperation; it reports whether the
// process has ended.
func (p *Process) descend() bool {
	_ = p.child.lifeline.Close()
	if p.child.exitedWithin(p.options.LifelineGrace) {
		return true
	}
	p.options.Log(slog.LevelWarn, fmt.Sprintf("plugin %s goes on although its input has ended; sending SIGTERM", p.command.name()))
	p.child.signal(syscall.SIGTERM)
	if p.child.exitedWithin(p.options.TermGrace) {
		return true
	}
	p.options.Log(slog.LevelWarn, fmt.Sprintf("plugin %s ignores SIGTERM; killing it", p.command.name()))
	p.child.signal(syscall.SIGKILL)
	return p.child.exitedWithin(killGrace)
}

func exitStatus(s *os.ProcessState) (syscall.WaitStatus, bool) {
	if s == nil {
		return 0, false
	}
	status, ok := s.Sys().(syscall.WaitStatus)
	return status, ok
}
