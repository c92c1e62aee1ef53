package action

import (
	"sync"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Product is what this run knows of one image: what was decided, built,
// pushed. It grows while the run goes; a copy never changes.
type Product struct {
	Key      string
	ImageID  string             // "sha256:…"; "" until decided
	Local    bool               // the bytes are in local storage
	Built    bool               // made by this run, not found
	Manifest *registry.Manifest // in the image's own repository; nil until there
	Base     Base               // what the final stage stands on
	Tags     []string           // given by `tag` before the push
	Foreseen bool               // in check mode: would be built, pushed or proved, so that nothing after it can be looked at
	Binding  *gate.Binding      // of the verdict that this run relies on; nil: this run did not ask
	Fate     plan.Fate          // while there is no ImageID: what will become of the image
	Volatile bool               // another build of this key may be another image
	Facts    *buildkey.Facts    // what went into it, when made by this run or looked at
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

// location says where the bytes of a product are: local storage if there,
// else its repository, by digest.
func (p Product) location(s strategy.Storage) string {
	if p.Local {
		return s.Reference(p.ImageID)
	}
	if p.Manifest != nil {
		return "docker://" + p.Manifest.Repository + "@" + p.Manifest.Digest
	}
	return ""
}
