package decide

import (
	"context"
	"slices"
	"sync"

	"github.com/slipway-build/slipway/core/graph"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
)

// previewers is how many images are looked at together: enough to keep the
// registry's requests going, which a limiter of their own bounds.
const previewers = 32

// Preview decides all of images before anything is done, in the order of the
// family. Those whose parents are to be built wait for them. What an image
// itself has wrong is told for all images together.
func (d *Decider) Preview(ctx context.Context, images []*inventory.Image) ([]Decision, error) {
	p := preview{Decider: d, chosen: map[string]*inventory.Image{}, decisions: map[string]Decision{}}
	for _, image := range images {
		p.chosen[image.Name] = image
	}
	outcomes, err := d.Family.Graph.Walk(ctx, graph.Bounds[string]{Total: previewers}, p.visit)
	if err != nil {
		return nil, err
	}
	var mistakes diag.List
	for _, o := range outcomes {
		if ds := diag.Of(o.Err); ds != nil {
			mistakes.Add(ds...)
		} else if o.Err != nil {
			return nil, o.Err
		}
	}
	if err := mistakes.Err(); err != nil {
		return nil, err
	}
	return p.inOrder(), nil
}

// A preview is one Preview under way.
type preview struct {
	*Decider
	chosen    map[string]*inventory.Image
	mu        sync.Mutex
	decisions map[string]Decision
}

// visit decides one image, when it was chosen.
func (p *preview) visit(ctx context.Context, name string) error {
	image := p.chosen[name]
	if image == nil {
		return nil
	}
	d, err := p.decide(ctx, image, image.Tags)
	if err != nil {
		return err
	}
	if d.Fate == plan.Reuse || d.Fate == plan.Retag {
		p.Products.Put(name, d.Product)
	} else {
		p.Products.Put(name, d.Pending())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decisions[name] = d
	return nil
}

func (p *preview) inOrder() []Decision {
	var out []Decision
	for _, name := range p.Family.Order {
		if d, ok := p.decisions[name]; ok {
			out = append(out, d)
		}
	}
	return slices.Clip(out)
}
