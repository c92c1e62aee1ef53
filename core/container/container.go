// Package container is slipway's own container storage, and containers made
// from the images in it.
//
// A container runs without a daemon, without a runtime program, and without
// privilege on the machine: its first process is this binary again (see
// [Main]), process 1 of a PID namespace of its own, with its own mounts, host
// name, IPC and network. Everything in it is that process's descendant, and
// that process ends when the one that started it does: after kill -9 no
// process, mount or namespace of a container is left, and what remains on disk
// is removed by [Store.Sweep].
//
// The defaults are those of docker run, with the differences that follow from
// having no daemon: a container has no way out to other networks; there are no
// limits on memory, processors or processes; capabilities are the usual few,
// fewer in that raw sockets and device nodes are left out; there is no seccomp
// filter. Files that a container writes go with it.
//
// Of the libraries that keep containers, only containers/storage is used here:
// buildah, which builds on the same, starts a process through two more copies
// of the binary, adds its own lines to the process's standard error, and turns
// a death by signal into exit code 1, none of which a test may see.
package container

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/slipway-build/slipway/core/container/internal/control"
	"github.com/slipway-build/slipway/core/container/internal/supervisor"
)

// A Container is one that was started. It may be used concurrently.
type Container struct {
	name       string
	imageID    string
	box        *box
	cmd        *exec.Cmd
	client     *control.Client
	stopSignal syscall.Signal
	process    supervisor.Process // as the main process was started

	ended chan struct{} // closed when all is over and removed

	mu      sync.Mutex
	state   State
	removed error // what removing it came to
}

// A Result is how a process ended.
type Result struct {
	ExitCode int    // 128 and the signal's number when a signal ended it
	Signal   string // "killed", "terminated", …; empty: it exited
}

// A State is where a container is in its life.
type State struct {
	Running  bool
	Result   Result // when it is not running
	Started  time.Time
	Finished time.Time // zero while it runs
}

// ImageID returns the ID of the image the container is made from, as it was
// given.
func (c *Container) ImageID() string { return c.imageID }

// State returns where the container is in its life.
func (c *Container) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Done returns a channel that closes when the container has ended, its output
// has been written and its files are removed.
func (c *Container) Done() <-chan struct{} { return c.ended }

// Wait waits for the container's end. When ctx ends first it returns the cause,
// and the container runs on.
func (c *Container) Wait(ctx context.Context) (Result, error) {
	select {
	case <-c.ended:
		return c.State().Result, nil
	case <-ctx.Done():
		return Result{}, context.Cause(ctx)
	}
}

// Stop asks the main process to end, by the image's stop signal, and after
// grace, or when ctx ends, kills everything in the container. It returns when
// the container is removed; that the container had ended already is no error.
func (c *Container) Stop(ctx context.Context, grace time.Duration) error {
	if grace > 0 && c.Signal(ctx, c.stopSignal) == nil {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-c.ended:
		case <-ctx.Done():
		case <-timer.C:
		}
	}
	_ = c.client.Close() // the lifeline; it may be closed already
	<-c.ended
	return c.removal()
}

// Signal sends a signal to the main process. A container that has ended gets
// none, which is an error.
func (c *Container) Signal(ctx context.Context, sig syscall.Signal) error {
	if _, err := c.client.Call(ctx, supervisor.MethodSignal, sig, nil); err != nil {
		return fmt.Errorf("signalling %s: %w", c.name, err)
	}
	return nil
}

// Dial connects to a TCP port on the container's loopback interface.
func (c *Container) Dial(ctx context.Context, port int) (net.Conn, error) {
	file, err := c.client.Call(ctx, supervisor.MethodDial, port, nil)
	if err != nil {
		return nil, fmt.Errorf("dialling port %d of %s: %w", port, c.name, err)
	}
	if file == nil {
		return nil, fmt.Errorf("dialling port %d of %s: no connection came back", port, c.name)
	}
	defer file.Close()
	return net.FileConn(file)
}

func (c *Container) markStarted() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = State{Running: true, Started: time.Now()}
}

// watch sees the container to its end and removes it.
func (c *Container) watch(ctx context.Context) {
	defer close(c.ended)
	var exit supervisor.Exit
	if _, err := c.client.Call(ctx, supervisor.MethodWait, nil, &exit); err != nil {
		// The supervisor is gone, and all processes with it.
		exit = supervisor.Exit{Code: 128 + int(syscall.SIGKILL), Signal: syscall.SIGKILL}
	}
	removed := c.abandon()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.removed = removed
	c.state.Running, c.state.Finished, c.state.Result = false, time.Now(), result(exit)
}

// abandon ends what is left of the container and removes its files.
func (c *Container) abandon() error {
	if c.client != nil {
		_ = c.client.Close()
		_ = c.cmd.Wait() // returns when all output is written; the status is the supervisor's
	}
	return c.box.remove()
}

func (c *Container) removal() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.removed
}

func result(exit supervisor.Exit) Result {
	r := Result{ExitCode: exit.Code}
	if exit.Signal != 0 {
		r.Signal = exit.Signal.String()
	}
	return r
}
