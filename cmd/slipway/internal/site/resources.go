package site

import (
	"context"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
)

// unbounded finds images with bounds that their strategy would not heed.
func (r *Reader) unbounded(ctx context.Context, inv *inventory.Inventory) (found diag.List, err error) {
	for _, image := range inv.Images {
		if !image.Resources.Bounded() {
			continue
		}
		held, err := r.App.Catalog().Bounds(ctx, image.Strategy)
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
