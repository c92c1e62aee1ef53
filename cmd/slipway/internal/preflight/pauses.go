package preflight

import (
	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
)

// checkPauses tells, before a run, of tasks that would ask a person where there
// is none.
func checkPauses(a *app.App, p *plan.Plan) diag.List {
	if a.Streams.Person {
		return nil
	}
	var found diag.List
	for _, play := range p.Plays {
		for _, t := range play.Leaves() {
			if t.Action == "pause" {
				found.Add(action.CheckPause(t.Args, t.ActionPos)...)
			}
		}
	}
	return found
}
