package preflight

import (
	"context"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
)

// unboundedPlaces finds builders that tasks pick and that would not hold an
// image to its bounds, and images that would not be held to those of a builder.
func unboundedPlaces(ctx context.Context, a *app.App, p *plan.Plan) (found diag.List, err error) {
	builders, err := a.Builders()
	if err != nil {
		return nil, err
	}
	told := map[document.Node]bool{}
	for _, play := range p.Plays {
		for _, task := range play.Leaves() {
			place, ok := builders.Get(task.On.Text())
			if !ok || told[task.On] {
				continue
			}
			told[task.On] = true
			for _, image := range play.Possible() {
				why, err := misplaced(ctx, a, image, place)
				if err != nil {
					return nil, err
				}
				if why != "" {
					found.Add(diag.Errorf("no-resources", task.On.Pos(), "%s", why).WithFix("pick another builder for it"))
				}
			}
		}
	}
	return found, nil
}

// misplaced says why an image cannot be bounded on a builder; empty: it can, or
// need not.
func misplaced(ctx context.Context, a *app.App, image *inventory.Image, place builder.Builder) (string, error) {
	if image.Resources.Bounded() && !place.NeedsRuntime() {
		return image.Name + " has resources, and the builder " + place.Name + " holds a build to no bounds", nil
	}
	if !place.Resources.Bounded() {
		return "", nil
	}
	held, err := a.Catalog().Bounds(ctx, image.Strategy)
	if err != nil || held {
		return "", err
	}
	return "the builder " + place.Name + " has resources, and the strategy " + image.Strategy + " of " + image.Name + " holds a build to no bounds", nil
}
