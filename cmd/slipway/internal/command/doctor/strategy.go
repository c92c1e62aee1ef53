package doctor

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
)

// strategies starts every strategy that the inventory names, and looks for what
// it needs.
func strategies(ctx context.Context, a *app.App, inv *inventory.Inventory) []Finding {
	var names []string
	for _, image := range inv.Images {
		names = append(names, image.Strategy)
	}
	slices.Sort(names)
	var found []Finding
	for _, name := range slices.Compact(names) {
		found = append(found, examined(ctx, a, name))
	}
	return found
}

// examined weighs a strategy that cannot build as a limit: images of others can
// be built.
func examined(ctx context.Context, a *app.App, name string) Finding {
	f := Finding{Name: "strategy " + name, State: OK, Detail: "starts, and has what it needs"}
	lacks, err := a.Catalog().Lacks(ctx, name, true)
	if ds := diag.Of(err); ds != nil {
		lacks = ds
	} else if err != nil {
		return Finding{Name: f.Name, State: Limited, Detail: err.Error(), Fix: "see what slipway plugin test says of it"}
	}
	var details, fixes []string
	for _, d := range lacks {
		details, fixes = append(details, d.Summary), append(fixes, d.Fix)
		f.State = Limited
	}
	f.Detail, f.Fix = cmp.Or(strings.Join(details, "; "), f.Detail), strings.Join(fixes, "; ")
	return f
}
