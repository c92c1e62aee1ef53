package app

import (
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
)

// surroundings are the actions that work on what is around the images, and on
// the course of the play.
func (a *App) surroundings(root string, deployments *action.Deployments) map[string]engine.Action {
	return map[string]engine.Action{
		"command":  &action.Command{Dir: root, Env: a.environ},
		"script":   &action.Script{Dir: root, Env: a.environ},
		"template": &action.Template{Dir: root, Env: a.environ},
		"copy":     &action.Copy{Dir: root},
		"uri":      &action.URI{Dir: root, Env: a.environ, Deployments: deployments},
		"wait_for": &action.WaitFor{Dir: root, Deployments: deployments},
		"assert":   action.Assert{},
		"debug":    action.Debug{},
		"fail":     action.Fail{},
		"pause": &action.Pause{
			Answers: a.keyboard(), Out: a.Streams.Err, Terminal: a.Streams.Person,
		},
		"set_var": action.SetVar{},
	}
}

// checkPauses tells, before a run, of tasks that would ask a person where there
// is none.
func (a *App) checkPauses(p *plan.Plan) diag.List {
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
