package world

import (
	"context"
	"fmt"
	"net"
	"strconv"
)

// Dial connects to a TCP port. The host is the name of a container that the
// scenario started, "" for the one without a name, or else a service of the
// deployment.
func (w *World) Dial(ctx context.Context, host string, port int) (net.Conn, error) {
	if c, ok := w.containers[host]; ok {
		return c.Dial(ctx, port)
	}
	if host == mainContainer {
		_, err := w.Container(host)
		return nil, err
	}
	if _, err := w.Services(ctx, host); err != nil {
		return nil, err
	}
	return w.parts.Deployment.Dial(ctx, net.JoinHostPort(host, strconv.Itoa(port)))
}

// Alive answers nil when host, as in Dial, runs. A container that has exited is
// a final Mismatch, so that waiting for it ends at once and a check that finds
// nothing is no pass.
func (w *World) Alive(ctx context.Context, host string) error {
	if _, ok := w.containers[host]; !ok && host != mainContainer {
		return w.serviceAlive(ctx, host)
	}
	state, err := w.State(ctx, host)
	if err != nil {
		return err
	}
	if !state.Running {
		return Finalf("%s has exited with code %d", describe(host), state.ExitCode)
	}
	return nil
}

// serviceAlive leaves time for a replica that is being started again.
func (w *World) serviceAlive(ctx context.Context, name string) error {
	services, err := w.Services(ctx, name)
	if err != nil {
		return err
	}
	for _, s := range services {
		if s.Running {
			return nil
		}
	}
	return Mismatchf("no replica of the service %q is running", name)
}

// State returns the state of a started container.
func (w *World) State(ctx context.Context, name string) (ContainerState, error) {
	c, err := w.Container(name)
	if err != nil {
		return ContainerState{}, err
	}
	state, err := c.State(ctx)
	if err != nil {
		return ContainerState{}, fmt.Errorf("asking for the state of %s: %w", describe(name), err)
	}
	return state, nil
}

// Authenticate makes the following HTTP requests carry basic authentication.
func (w *World) Authenticate(c Credentials) { w.credentials = &c }

// Credentials returns what Authenticate was given, or nil.
func (w *World) Credentials() *Credentials { return w.credentials }
