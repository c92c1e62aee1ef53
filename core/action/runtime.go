package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// A bench is the runtime that the steps of one subject use: containers made
// from local storage, by image ID.
type bench struct {
	runtime *container.Runtime
	subject string // image ID
	find    func(ctx context.Context, ref string) (imageID string, err error)
}

var _ world.Runtime = (*bench)(nil)

// errUnsupported says that this isolation cannot do what a step asks for. It
// is never passed over: a limit that does not hold proves nothing.
var errUnsupported = errors.New("chroot isolation has no resource limits and keeps capabilities")

func (b *bench) spec(ctx context.Context, s world.RunSpec) (container.Spec, error) {
	if s.Memory > 0 || s.DropAll {
		return container.Spec{}, errUnsupported
	}
	out := container.Spec{ImageID: b.subject, Command: s.Command, Env: s.Env, User: s.User, ReadOnly: s.ReadOnly}
	if s.Bare {
		out.Entrypoint, out.Command = s.Command, nil
	}
	if s.Image != "" {
		id, err := b.find(ctx, s.Image)
		if err != nil {
			return out, err
		}
		out.ImageID = id
	}
	return out, nil
}

// Run runs one command and waits for its end.
func (b *bench) Run(ctx context.Context, s world.RunSpec) (world.Result, error) {
	spec, err := b.spec(ctx, s)
	if err != nil {
		return world.Result{}, err
	}
	var stdout, stderr output
	spec.Stdout, spec.Stderr = &stdout, &stderr
	begun := time.Now()
	r, err := b.runtime.Run(ctx, spec)
	return answer(s.Command, r, &stdout, &stderr, begun), err
}

// Start starts a container.
func (b *bench) Start(ctx context.Context, s world.RunSpec) (world.Container, error) {
	spec, err := b.spec(ctx, s)
	if err != nil {
		return nil, err
	}
	logs := new(output)
	spec.Stdout, spec.Stderr = logs, logs
	c, err := b.runtime.Start(ctx, spec)
	if err != nil {
		return nil, err
	}
	return &running{c, logs}, nil
}

// answer is what a command came to. 127 is what a shell, and our runtime, say
// of a program that does not exist.
func answer(command []string, r container.Result, stdout, stderr *output, begun time.Time) world.Result {
	return world.Result{
		Command: command, Stdout: stdout.bytes(), Stderr: stderr.bytes(), ExitCode: r.ExitCode,
		Duration: time.Since(begun), NotFound: r.ExitCode == 127 && len(stdout.bytes()) == 0,
	}
}

// running is a started container as steps see it.
type running struct {
	c    *container.Container
	logs *output
}

func (r *running) Dial(ctx context.Context, port int) (net.Conn, error) { return r.c.Dial(ctx, port) }

func (r *running) Exec(ctx context.Context, command []string) (world.Result, error) {
	var stdout, stderr output
	begun := time.Now()
	res, err := r.c.Exec(ctx, container.ExecSpec{Command: command, Stdout: &stdout, Stderr: &stderr})
	return answer(command, res, &stdout, &stderr, begun), err
}

func (r *running) Logs() []byte { return r.logs.bytes() }

func (r *running) State(context.Context) (world.ContainerState, error) {
	s := r.c.State()
	return world.ContainerState{ImageID: r.c.ImageID(), Running: s.Running, ExitCode: s.Result.ExitCode, Started: s.Started}, nil
}

func (r *running) Stop(ctx context.Context, grace time.Duration) error {
	if err := r.c.Stop(ctx, grace); err != nil {
		return fmt.Errorf("stopping the container: %w", err)
	}
	return nil
}

// output collects what a process writes while others read it.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) bytes() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.buf.Bytes())
}
