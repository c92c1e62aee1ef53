package action

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/slipway-build/slipway/core/deploy"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// Deployments are those that a run has up or is ready to bring up. They are
// safe for concurrent use.
type Deployments struct {
	mu  sync.Mutex
	all []*Deployed
}

// Of returns the deployment that runs an image, the newest if there are
// several, or nil.
func (d *Deployments) Of(image string) *Deployed {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, one := range slices.Backward(d.all) {
		if _, ok := one.ids[image]; ok {
			return one
		}
	}
	return nil
}

func (d *Deployments) add(one *Deployed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = append(d.all, one)
}

// remove takes the deployments that run one of the images out and returns
// them.
func (d *Deployments) remove(images []string) []*Deployed {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []*Deployed
	d.all = slices.DeleteFunc(d.all, func(one *Deployed) bool {
		hit := slices.ContainsFunc(images, func(name string) bool { _, ok := one.ids[name]; return ok })
		if hit {
			out = append(out, one)
		}
		return hit
	})
	return out
}

// rouse brings up what is ready to be, for somebody who looks from outside and
// cannot say at what.
func (d *Deployments) rouse(ctx context.Context) error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	all := slices.Clone(d.all)
	d.mu.Unlock()
	for _, one := range all {
		if !one.ready() {
			continue
		}
		if _, err := one.Start(ctx); err != nil {
			return fmt.Errorf("bringing up the deployment of %s: %w", one.names(), err)
		}
	}
	return nil
}

// Close takes down everything that is still up.
func (d *Deployments) Close(ctx context.Context) error {
	d.mu.Lock()
	all := d.all
	d.all = nil
	d.mu.Unlock()
	var errs []error
	for _, one := range slices.Backward(all) {
		errs = append(errs, one.stop(ctx))
	}
	return errors.Join(errs...)
}

// A Deployed is one deployment. It is up, or it is ready to be brought up by
// the first who needs it.
type Deployed struct {
	Digest string            // of all that it is made of: a verdict is bound to it
	ids    map[string]string // image of the inventory → image ID
	up     func(ctx context.Context) (world.Deployment, func(context.Context) error, error)

	mu     sync.Mutex
	live   world.Deployment
	down   func(context.Context) error
	failed error
}

// runs reports whether the deployment can be asked about a subject: of several
// platforms it runs one.
func (d *Deployed) runs(s *world.Subject) bool {
	return len(s.Platforms) == 1 || d.ids[s.Image] == s.ImageID
}

// Start returns the deployment, brought up if need be.
func (d *Deployed) Start(ctx context.Context) (world.Deployment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down == nil && d.failed == nil {
		d.live, d.down, d.failed = d.up(ctx)
	}
	return d.live, d.failed
}

// ready reports whether nobody has needed the deployment yet.
func (d *Deployed) ready() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.down == nil && d.failed == nil
}

func (d *Deployed) stop(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down == nil {
		return nil
	}
	down := d.down
	d.down, d.live, d.failed = nil, nil, errors.New("the deployment was taken down")
	return down(ctx)
}

// composed is a compose deployment as the steps see it.
type composed struct {
	*deploy.Deployment
	images map[string]string // image ID → name in the inventory
}

var _ world.Deployment = composed{}

// Services returns the state of every service.
func (c composed) Services(context.Context) ([]world.ServiceState, error) {
	var out []world.ServiceState
	for _, s := range c.Deployment.Services() {
		// Bringing up waited for every health check, and nothing restarts a
		// service: one that runs still is the one that was healthy.
		out = append(out, world.ServiceState{
			Name: s.Name, Image: c.images[s.ImageID], ImageID: s.ImageID,
			Running: s.State.Running, Healthy: s.State.Running,
		})
	}
	return out, nil
}

// byID turns image → image ID around.
func byID(ids map[string]string) map[string]string {
	out := make(map[string]string, len(ids))
	for name, id := range ids {
		out[id] = name
	}
	return out
}

// names lists the images of a deployment for people.
func (d *Deployed) names() string {
	return fmt.Sprint(slices.Sorted(maps.Keys(d.ids)))
}
