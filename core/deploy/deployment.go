package deploy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/container/network"
	"github.com/slipway-build/slipway/core/secret"
)

// A Deployment is a project that was brought up. It may be used concurrently.
type Deployment struct {
	id        string
	dir       string
	runtime   *container.Runtime
	mask      *secret.Mask
	network   *network.Network
	instances []*instance
	byName    map[string]*instance
	forwards  []*forward

	down   sync.Once
	downed error
}

// An instance is a service and its container.
type instance struct {
	service Service
	imageID string
	address netip.Addr

	mu        sync.Mutex
	log       *log                 // nil: nobody has tried to start it
	container *container.Container // nil: not started
}

func (in *instance) set(c *container.Container) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.container = c
}

func (in *instance) setLog(l *log) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.log = l
}

func (in *instance) getLog() *log {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.log
}

func (in *instance) get() *container.Container {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.container
}

// A Status is what became of a service.
type Status struct {
	Name    string
	ImageID string // of the image its container is made from
	State   container.State
	Ports   map[int]int // port of the service → port of 127.0.0.1
}

// ID returns the deployment's name, which no other has.
func (d *Deployment) ID() string { return d.id }

// Dir returns the directory of the deployment's logs, which outlives it.
func (d *Deployment) Dir() string { return d.dir }

// Shared reports whether the services share one network namespace.
func (d *Deployment) Shared() bool { return d.network.Shared() }

// Services returns what became of the services, in the order of their start.
func (d *Deployment) Services() []Status {
	var out []Status
	for _, in := range d.instances {
		s := Status{Name: in.service.Name, ImageID: in.imageID, Ports: make(map[int]int)}
		if c := in.get(); c != nil {
			s.State = c.State()
		}
		for _, f := range d.forwards {
			if f.instance == in {
				s.Ports[f.target] = f.port()
			}
		}
		out = append(out, s)
	}
	return out
}

// Dial connects to "service:port" inside the deployment, by any name the
// service has there. Nothing listening satisfies
// errors.Is(err, syscall.ECONNREFUSED).
func (d *Deployment) Dial(ctx context.Context, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dialling %q: %w", address, err)
	}
	in, err := d.find(host)
	if err != nil {
		return nil, fmt.Errorf("dialling %q: %w", address, err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("dialling %q: %q is no port", address, port)
	}
	conn, err := d.network.Dial(ctx, in.endpoint(int(number)))
	if err != nil {
		return nil, fmt.Errorf("dialling %q: %w", address, err)
	}
	return conn, nil
}

// Logs returns what a service wrote so far, both streams as they came, with
// secrets hidden: all of it up to 32 MiB, the end of it if it was more.
func (d *Deployment) Logs(service string) ([]byte, error) {
	in, err := d.find(service)
	if err != nil {
		return nil, err
	}
	log := in.getLog()
	if log == nil {
		return nil, nil
	}
	text, err := log.read()
	if err != nil {
		return nil, fmt.Errorf("reading the log of %s: %w", service, err)
	}
	return text, nil
}

// Exec runs a command in a service's container.
func (d *Deployment) Exec(ctx context.Context, service string, spec container.ExecSpec) (container.Result, error) {
	in, err := d.find(service)
	if err != nil {
		return container.Result{}, err
	}
	return in.get().Exec(ctx, spec)
}

func (d *Deployment) find(name string) (*instance, error) {
	in, ok := d.byName[name]
	if !ok {
		known := slices.Sorted(maps.Keys(d.byName))
		return nil, fmt.Errorf("the deployment has no service %q; it has %s", name, strings.Join(known, ", "))
	}
	return in, nil
}

// Down stops the services, the last started first, and removes all but the
// logs. Each gets the time it asks for to stop, and when ctx ends none. Calling
// it again does nothing and returns the same.
func (d *Deployment) Down(ctx context.Context) error {
	d.down.Do(func() { d.downed = d.takeDown(ctx) })
	return d.downed
}

func (d *Deployment) takeDown(ctx context.Context) error {
	var all error
	for _, f := range d.forwards {
		f.close()
	}
	for _, in := range slices.Backward(d.instances) {
		if c := in.get(); c != nil {
			all = errors.Join(all, c.Stop(ctx, in.service.StopGrace))
		}
		if log := in.getLog(); log != nil {
			log.close()
		}
	}
	if d.network != nil {
		all = errors.Join(all, d.network.Close())
	}
	all = errors.Join(all, os.RemoveAll(filepath.Join(d.dir, "volumes")), endState(d.dir))
	if all != nil {
		return fmt.Errorf("taking down %s: %w", d.id, all)
	}
	return nil
}
