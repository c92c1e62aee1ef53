package container

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"

	"github.com/slipway-build/slipway/core/container/internal/control"
	"github.com/slipway-build/slipway/core/container/internal/supervisor"
)

// A Runtime makes containers from the images of a store. It may be used
// concurrently.
type Runtime struct{ store *Store }

// NewRuntime returns a runtime for the images of store.
func NewRuntime(store *Store) *Runtime { return &Runtime{store} }

// Store returns the store that the runtime takes images from.
func (r *Runtime) Store() *Store { return r.store }

// Run runs a container to its end and removes it. An exit code other than zero
// is a result, not an error. When ctx ends first the container is killed and
// the cause is returned.
func (r *Runtime) Run(ctx context.Context, spec Spec) (Result, error) {
	c, err := r.Start(ctx, spec)
	if err != nil {
		return Result{}, err
	}
	result, err := c.Wait(ctx)
	if err != nil {
		return Result{}, errors.Join(err, c.Stop(context.WithoutCancel(ctx), 0))
	}
	return result, c.removal()
}

// Start starts a container and returns when its main process runs. The
// container ends with its main process, with [Container.Stop], or with this
// process, whichever comes first; ctx bounds the start only.
func (r *Runtime) Start(ctx context.Context, spec Spec) (*Container, error) {
	image, err := r.store.Config(spec.ImageID)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", spec.name(), err)
	}
	if err := spec.check(image); err != nil {
		return nil, err
	}
	signal, err := parseSignal(orElse(spec.StopSignal, image.StopSignal))
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", spec.name(), err)
	}
	box, err := r.store.create(ctx, spec.ImageID)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", spec.name(), err)
	}
	c := &Container{name: spec.name(), imageID: spec.ImageID, box: box, stopSignal: signal, ended: make(chan struct{})}
	if err := c.start(ctx, spec, image); err != nil {
		return nil, fmt.Errorf("starting %s: %w", spec.name(), errors.Join(err, c.abandon()))
	}
	go c.watch(context.WithoutCancel(ctx))
	return c, nil
}

// start starts the supervisor, and through it the main process.
func (c *Container) start(ctx context.Context, spec Spec, image Config) error {
	if err := copyUp(c.box.root, spec.Mounts); err != nil {
		return err
	}
	c.cmd = control.Command(supervisor.Role, spec.name())
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = spec.Stdin, spec.Stdout, spec.Stderr
	c.cmd.WaitDelay = drainTime // for a reader on standard input that never ends
	c.cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		Setpgid:    true,
	}
	client, err := control.Start(c.cmd, func() error { return begin(c.cmd, spec) })
	if err != nil {
		return err
	}
	c.client = client
	if spec.Network != nil {
		addr := spec.Address
		if !addr.IsValid() {
			addr = spec.Network.Address()
		}
		if err := spec.Network.Attach(ctx, c.cmd.Process.Pid, addr); err != nil {
			return err
		}
	}
	config := spec.config(c.box.root, image)
	c.process = config.Process
	if _, err := client.Call(ctx, supervisor.MethodStart, config, nil); err != nil {
		return err
	}
	c.markStarted()
	return nil
}

// begin starts cmd in the network that spec asks for.
func begin(cmd *exec.Cmd, spec Spec) error {
	if spec.Network != nil {
		return spec.Network.Start(cmd)
	}
	cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWNET
	return cmd.Start()
}
