package action

import (
	"context"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
)

// Undeploy is the action that takes down the deployments that run images of
// the play. Without it they are taken down at the end of the run.
type Undeploy struct{ Deployments *Deployments }

// Declare declares the action. It has no arguments.
func (*Undeploy) Declare() declare.Action {
	return declare.Action{
		Name:    "undeploy",
		Summary: "take down the deployments that run images of the play",
		About:   "Without it they are taken down at the end of the run. It takes no arguments.",
		Args:    new(struct{}), Result: new(struct{}),
		Check:    "Takes nothing down.",
		Joint:    "always",
		Examples: []string{"undeploy:"},
	}
}

// Joins reports that a deployment is always for all images of the play.
func (*Undeploy) Joins(document.Node) bool { return true }

// Run takes down for one image; the engine calls RunTogether instead.
func (u *Undeploy) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	end := u.RunTogether(ctx, []engine.Step{step}, nil)[0]
	return end.Result, end.Err
}

// RunTogether takes the deployments down.
func (u *Undeploy) RunTogether(ctx context.Context, steps []engine.Step, lost []string) []engine.Ending {
	names := lost
	for _, s := range steps {
		names = append(names, s.Image.Name)
	}
	if steps[0].Check {
		return all(steps, engine.Ending{})
	}
	gone := u.Deployments.remove(names)
	end := engine.Ending{Result: engine.Result{Skipped: len(gone) == 0}}
	for _, one := range gone {
		up := one.isUp()
		if err := one.stop(ctx); err != nil {
			end.Err = err
		}
		end.Result.Changed = end.Result.Changed || up
		end.Result.Verb = "down"
	}
	return all(steps, end)
}

func (d *Deployed) isUp() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.down != nil
}
