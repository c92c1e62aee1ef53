package deploy

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// settle is how long a service that says nothing about its health must run
// before it counts as up.
const settle = 250 * time.Millisecond

var errEnded = errors.New("the service has ended")

// awaitAll waits until all services are ready, all at once, and returns what
// is wrong with each that is not.
func (d *Deployment) awaitAll(ctx context.Context) error {
	errs := make(chan error)
	for _, in := range d.instances {
		go func() { errs <- d.awaitOne(ctx, in) }()
	}
	var all error
	for range d.instances {
		all = errors.Join(all, <-errs)
	}
	return all
}

// awaitOne waits until a service is ready.
func (d *Deployment) awaitOne(ctx context.Context, in *instance) error {
	c := in.get()
	if in.service.runsToEnd {
		result, err := c.Wait(ctx)
		if err == nil && result.ExitCode != 0 {
			err = fmt.Errorf("it ended with exit code %d", result.ExitCode)
		}
		return in.failure(err)
	}
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		select {
		case <-c.Done():
			stop(errEnded)
		case <-running.Done():
		}
	}()
	err := d.awaitHealth(running, in)
	if err == nil && c.State().Running {
		return nil
	}
	if errors.Is(context.Cause(running), errEnded) || err == nil {
		<-c.Done()
		err = fmt.Errorf("it ended with exit code %d", c.State().Result.ExitCode)
	}
	return in.failure(err)
}

func (d *Deployment) awaitHealth(ctx context.Context, in *instance) error {
	image, err := d.runtime.Store().Config(in.imageID)
	if err != nil {
		return err
	}
	if h := in.service.effective(image.Healthcheck); h != nil {
		return h.await(ctx, in.get())
	}
	for _, p := range in.service.Ports {
		if err := d.awaitPort(ctx, in, p); err != nil {
			return err
		}
	}
	if len(in.service.Ports) == 0 {
		return pause(ctx, settle)
	}
	return nil
}

func (d *Deployment) awaitPort(ctx context.Context, in *instance, p Port) error {
	for {
		conn, err := d.network.Dial(ctx, in.endpoint(p.Target))
		if err == nil {
			return conn.Close()
		}
		if pause(ctx, eager/5) != nil {
			return fmt.Errorf("nothing listens on its port %d: %w", p.Target, context.Cause(ctx))
		}
	}
}

// failure puts a service's name before what is wrong with it, and its last
// words behind.
func (in *instance) failure(err error) error {
	if err == nil {
		return nil
	}
	tail := in.getLog().tail(0)
	if tail == "" {
		return fmt.Errorf("service %s: %w; its log is empty", in.service.Name, err)
	}
	return fmt.Errorf("service %s: %w; the end of its log:\n%s", in.service.Name, err, tail)
}
