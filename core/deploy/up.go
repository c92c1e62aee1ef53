package deploy

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/container/network"
	"github.com/slipway-build/slipway/core/secret"
)

// defaultReadyTimeout bounds the wait for a deployment to work.
const defaultReadyTimeout = 5 * time.Minute

// Options say how a project is brought up.
type Options struct {
	Runtime *container.Runtime
	Images  map[string]string // reference, as in the file → image ID in the runtime's store
	Dir     string            // absolute; where deployments keep state, logs and volumes
	Name    string            // begins the deployment's ID
	Timeout time.Duration     // until all is ready; 0: five minutes
	Shared  bool              // one network namespace for all services, as where nothing better works
	Secrets *secret.Vault     // hidden in the services' logs
}

// Up brings a project up and returns when every service is ready. When one is
// not, the error names it, with its last words, and nothing is left running.
// What can be known before the start is refused before the start, as a
// [diag.List].
func Up(ctx context.Context, p *Project, opts Options) (*Deployment, error) {
	d, err := newDeployment(p, opts)
	if err != nil {
		return nil, err
	}
	timeout := opts.Timeout
	if timeout == 0 {
		timeout = defaultReadyTimeout
	}
	limited, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("the deployment was not ready within %s", timeout))
	defer cancel()
	if err := d.up(limited, opts); err != nil {
		return nil, errors.Join(err, d.Down(context.WithoutCancel(ctx)))
	}
	return d, nil
}

func newDeployment(p *Project, opts Options) (*Deployment, error) {
	d := &Deployment{
		id:      opts.Name + "-" + strings.ToLower(rand.Text()[:8]),
		runtime: opts.Runtime,
		mask:    opts.Secrets.Mask(),
		byName:  make(map[string]*instance),
	}
	d.dir = filepath.Join(opts.Dir, d.id)
	for _, s := range p.Services {
		in := &instance{service: s, imageID: opts.Images[s.Image]}
		d.instances = append(d.instances, in)
		for _, n := range s.Names {
			d.byName[n] = in
		}
	}
	if problems := d.checkImages(); len(problems) > 0 {
		return nil, problems.Sorted()
	}
	for _, sub := range []string{"logs", "volumes"} {
		if err := os.MkdirAll(filepath.Join(d.dir, sub), 0o755); err != nil {
			return nil, fmt.Errorf("preparing deployment %s: %w", d.id, err)
		}
	}
	return d, writeState(d.dir, state{Name: d.id})
}

func (d *Deployment) up(ctx context.Context, opts Options) error {
	var err error
	if d.network, err = network.Open(ctx, network.Options{Name: d.id, Shared: opts.Shared}); err != nil {
		return fmt.Errorf("bringing up %s: %w", d.id, err)
	}
	for _, in := range d.instances {
		in.address = d.network.Address()
	}
	if d.network.Shared() {
		if problems := d.collisions(); len(problems) > 0 {
			return problems.Sorted()
		}
	}
	if err := d.forward(ctx); err != nil {
		return err
	}
	for _, in := range d.instances {
		if err := d.bring(ctx, in); err != nil {
			return err
		}
	}
	return d.awaitAll(ctx)
}

// bring starts one service when those it needs are as it needs them.
func (d *Deployment) bring(ctx context.Context, in *instance) error {
	for _, n := range in.service.Needs {
		if n.Condition == Started {
			continue // the order sees to it
		}
		if err := d.awaitOne(ctx, d.byName[n.Service]); err != nil {
			return err
		}
	}
	if err := d.start(ctx, in); err != nil {
		return fmt.Errorf("bringing up service %s: %w", in.service.Name, err)
	}
	return nil
}

func (d *Deployment) start(ctx context.Context, in *instance) error {
	log, theirs, err := openLog(filepath.Join(d.dir, "logs", in.service.Name+".log"), d.mask)
	if err != nil {
		return err
	}
	defer theirs.Close() // the container has its own
	in.setLog(log)
	spec := in.service.Spec
	spec.ImageID = in.imageID
	spec.Network, spec.Address = d.network, in.address
	spec.Hosts = slices.Concat(spec.Hosts, d.hosts())
	spec.Stdout, spec.Stderr = theirs, theirs
	if spec.Mounts, err = d.volumes(in.service); err != nil {
		return err
	}
	c, err := d.runtime.Start(ctx, spec)
	if err != nil {
		return err
	}
	in.set(c)
	return nil
}

// hosts returns every service's names and address. On a shared network all
// have the same address.
func (d *Deployment) hosts() []container.Host {
	var out []container.Host
	for _, in := range d.instances {
		out = append(out, container.Host{Address: in.address, Names: in.service.Names})
	}
	return out
}

// volumes returns the mounts of a service, its named volumes made.
func (d *Deployment) volumes(s Service) ([]container.Mount, error) {
	mounts := slices.Clone(s.Spec.Mounts)
	for _, v := range s.Volumes {
		m := v.Mount
		m.Source = filepath.Join(d.dir, "volumes", v.Name)
		if err := os.MkdirAll(m.Source, 0o755); err != nil {
			return nil, fmt.Errorf("making volume %s: %w", v.Name, err)
		}
		mounts = append(mounts, m)
	}
	return mounts, nil
}

// endpoint is where a service's port is inside the network.
func (in *instance) endpoint(port int) netip.AddrPort {
	return netip.AddrPortFrom(in.address, uint16(port))
}
