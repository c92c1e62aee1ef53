package decide

import (
	"slices"
	"sync"

	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/platform"
)

// A Product is what this run knows of one image: what was decided, built,
// pushed. It grows while the run goes; a copy never changes.
type Product struct {
	Key      string
	Parts    []Part             // one for each platform; none until decided
	Built    bool               // made by this run at least for one platform, not found
	Manifest *registry.Manifest // in the image's own repository, the index when there are several platforms; nil until there
	Tags     []string           // given by `tag` before the push
	Foreseen bool               // in check mode: would be built, pushed or proved, so that nothing after it can be looked at
	Binding  *gate.Binding      // of the verdict that this run relies on; nil: this run did not ask
}

// Known reports whether the image is known for every platform.
func (p Product) Known() bool {
	return len(p.Parts) > 0 && !slices.ContainsFunc(p.Parts, func(one Part) bool { return one.ImageID == "" })
}

// ImageID returns that of an image of one platform; "" when there are several,
// or when it is not known.
func (p Product) ImageID() string {
	if len(p.Parts) != 1 {
		return ""
	}
	return p.Parts[0].ImageID
}

// For returns the part for a platform.
func (p Product) For(wanted string) (Part, bool) {
	for _, one := range p.Parts {
		if platform.Canonical(one.Platform) == platform.Canonical(wanted) {
			return one, true
		}
	}
	return Part{}, false
}

// Here returns the part that this machine would take: the only one, whatever it
// is for, else the one for its own platform.
func (p Product) Here() (Part, bool) {
	if len(p.Parts) == 1 {
		return p.Parts[0], true
	}
	return p.For(platform.Own())
}

// Base returns what the image stands on: of several platforms the first that
// stands on an image of the inventory.
func (p Product) Base() Base {
	for _, one := range p.Parts {
		if one.Base.Image != "" {
			return one.Base
		}
	}
	return Base{}
}

// StandsOn are the image IDs of an image of the inventory that the parts stand on.
func (p Product) StandsOn(image string) []string {
	var out []string
	for _, one := range p.Parts {
		if one.Base.Image == image {
			out = append(out, one.Base.ImageID)
		}
	}
	return out
}

// Platforms are those of the parts.
func (p Product) Platforms() []string {
	var out []string
	for _, one := range p.Parts {
		out = append(out, one.Platform)
	}
	return out
}

// ImageIDs are those of all parts, by platform.
func (p Product) ImageIDs() map[string]string {
	out := map[string]string{}
	for _, one := range p.Parts {
		out[one.Platform] = one.ImageID
	}
	return out
}

// A Base names what an image stands on, for its annotations and for the gate.
type Base struct {
	Image     string // of the inventory; "" for others
	Reference string // as written
	Digest    string // in its registry; "" when it is in none
	ImageID   string
}

// Products are the images of a run by name. They are safe for concurrent use.
type Products struct {
	mu     sync.Mutex
	byName map[string]Product
}

// Get returns what is known of an image.
func (p *Products) Get(image string) (Product, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	product, ok := p.byName[image]
	return product, ok
}

// Put replaces what is known of an image.
func (p *Products) Put(image string, product Product) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byName == nil {
		p.byName = map[string]Product{}
	}
	p.byName[image] = product
}
