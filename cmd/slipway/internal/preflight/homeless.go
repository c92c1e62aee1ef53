package preflight

import (
	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
)

// checkHomes tells of images that would be built, perhaps for hours, and then
// have no registry to be pushed to. A push with a condition may know of that.
func checkHomes(p *plan.Plan) diag.List {
	var found diag.List
	for _, play := range p.Plays {
		homeless := homelessOf(play.Possible())
		if len(homeless) == 0 {
			continue
		}
		for _, t := range play.Leaves() {
			if t.Action == "push" && len(t.When) == 0 {
				found.Add(diag.Errorf("no-registry", t.ActionPos, "there is no registry to which %s could be pushed", preview.Some(homeless)).WithFix("%s", action.RegistryFix))
			}
		}
	}
	return found
}

func homelessOf(images []*inventory.Image) []string {
	var names []string
	for _, image := range images {
		if image.Local() {
			names = append(names, image.Name)
		}
	}
	return names
}
