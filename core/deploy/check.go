package deploy

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// checkImages refuses services whose image was not given or is not in the
// store.
func (d *Deployment) checkImages() diag.List {
	var problems diag.List
	for _, in := range d.instances {
		s := in.service
		switch {
		case in.imageID == "":
			problems.Add(diag.Errorf("compose-image", s.ImagePos, "service %s uses %s, which this run does not provide", s.Name, s.Image).
				WithFix("name an image of the inventory"))
		case !d.runtime.Store().Has(in.imageID):
			problems.Add(diag.Errorf("compose-image", s.ImagePos, "service %s uses %s, and its image %s is not in the local storage", s.Name, s.Image, in.imageID))
		}
	}
	return problems
}

// collisions refuses services that would listen on one port of a network that
// they share.
func (d *Deployment) collisions() diag.List {
	var problems diag.List
	owner := make(map[int]string)
	for _, in := range d.instances {
		for _, port := range d.listens(in) {
			if other, taken := owner[port]; taken {
				problems.Add(diag.Errorf("compose-port", in.service.Pos, "services %s and %s both listen on port %d", other, in.service.Name, port).
					WithDetail("This kernel lets slipway make no bridge, so all services of a deployment share one network.").
					WithFix("let one of them listen on another port"))
				continue
			}
			owner[port] = in.service.Name
		}
	}
	return problems
}

// listens returns the TCP ports that a service or its image says it listens on.
func (d *Deployment) listens(in *instance) []int {
	ports := slices.Clone(in.service.Exposed)
	for _, p := range in.service.Ports {
		ports = append(ports, p.Target)
	}
	if image, err := d.runtime.Store().Config(in.imageID); err == nil {
		for _, e := range slices.Collect(maps.Keys(image.ExposedPorts)) {
			if n, err := strconv.Atoi(strings.TrimSuffix(e, "/tcp")); err == nil {
				ports = append(ports, n)
			}
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}
