package deploy

import (
	"slices"

	"github.com/slipway-build/slipway/core/container"
)

// Join returns spec for a container that is to reach the services by their
// names, as they reach one another. It is no service itself: nobody waits for
// it, and it must have ended before the deployment goes down.
func (d *Deployment) Join(spec container.Spec) container.Spec {
	spec.Network = d.network
	spec.Hosts = slices.Concat(spec.Hosts, d.hosts())
	return spec
}
