package app

import (
	"context"
	"slices"

	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// bounds reports whether a strategy holds its builds to bounds.
func (a *App) bounds(ctx context.Context, name string) (bool, error) {
	about, err := a.Catalog().Describe(ctx, name)
	return slices.Contains(about.Capabilities, strategy.CapabilityResources), err
}

// unbounded finds images with bounds that their strategy would not heed.
func (a *App) unbounded(ctx context.Context, inv *inventory.Inventory) (found diag.List, err error) {
	for _, image := range inv.Images {
		if !image.Resources.Bounded() {
			continue
		}
		held, err := a.bounds(ctx, image.Strategy)
		if err != nil {
			return nil, err
		}
		if !held {
			found.Add(diag.Errorf("no-resources", image.ResourcesPos(), "the strategy %s holds a build to no bounds", image.Strategy).
				WithFix("take resources out"))
		}
	}
	return found, nil
}

// unboundedPlaces finds builders that tasks pick and that would not hold an
// image to its bounds, and images that would not be held to those of a builder.
func (a *App) unboundedPlaces(ctx context.Context, p *plan.Plan) (found diag.List, err error) {
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
				why, err := a.misplaced(ctx, image, place)
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
func (a *App) misplaced(ctx context.Context, image *inventory.Image, place builder.Builder) (string, error) {
	if image.Resources.Bounded() && !place.NeedsRuntime() {
		return image.Name + " has resources, and the builder " + place.Name + " holds a build to no bounds", nil
	}
	if !place.Resources.Bounded() {
		return "", nil
	}
	held, err := a.bounds(ctx, image.Strategy)
	if err != nil || held {
		return "", err
	}
	return "the builder " + place.Name + " has resources, and the strategy " + image.Strategy + " of " + image.Name + " holds a build to no bounds", nil
}
