package preflight

import (
	"context"
	"os/exec"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
)

// warnOfLacks tells before a run what the strategies need that it may build
// with, and this machine does not have. It is no mistake yet: what was built
// elsewhere is reused without.
func warnOfLacks(ctx context.Context, a *app.App, p *plan.Plan) error {
	found, err := lacksOfBuilders(a, p)
	if err != nil {
		return err
	}
	unbounded, err := unboundedPlaces(ctx, a, p)
	if err != nil {
		return err
	}
	found.Add(unbounded...)
	told := map[string]bool{}
	for _, play := range p.Plays {
		if !builds(play) {
			continue
		}
		for _, image := range play.Possible() {
			if told[image.Strategy] {
				continue
			}
			told[image.Strategy] = true
			lacks, err := a.Catalog().Lacks(ctx, image.Strategy, false)
			switch {
			case err == nil:
				found.Add(asWarnings(lacks, image)...)
			case ctx.Err() != nil || diag.Of(err) != nil:
				return err
			default: // it broke, which was told with what its images depend on
			}
		}
	}
	return a.Heed(found)
}

// lacksOfBuilders tells of builders that a task picks and that this machine
// cannot be.
func lacksOfBuilders(a *app.App, p *plan.Plan) (diag.List, error) {
	builders, err := a.Builders()
	if err != nil {
		return nil, err
	}
	if _, err := exec.LookPath("runc"); err == nil {
		return nil, nil
	}
	var found diag.List
	told := map[document.Node]bool{}
	for _, play := range p.Plays {
		for _, task := range play.Leaves() {
			b, _ := builders.Get(task.On.Text())
			if b.NeedsRuntime() && !told[task.On] {
				told[task.On] = true
				found.Add(diag.Warningf("no-runtime", task.On.Pos(), "the builder %s needs runc, which is not installed", b.Name).
					WithFix("install runc, or pick another builder"))
			}
		}
	}
	return found, nil
}

func builds(play *plan.Play) bool {
	for _, task := range play.Leaves() {
		if task.Action == "build" {
			return true
		}
	}
	return false
}

// asWarnings gives what is lacking the place where the strategy is named.
func asWarnings(lacks diag.List, image *inventory.Image) diag.List {
	for i := range lacks {
		lacks[i].Severity, lacks[i].Pos = diag.Warning, image.StrategyPos()
	}
	return lacks
}
