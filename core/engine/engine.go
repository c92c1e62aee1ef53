// Package engine carries out a plan: which step when, what becomes of what
// waits for it, and how the run ends.
//
// It knows no registry, no process and no terminal: what a task does is an
// [Action] it is given, what happens goes to an [event.Sink]. By default
// (schedule "dag") a step waits for the same image's previous task and for the
// same task on every parent of the image, and nothing else: there are no
// barriers. A failed step takes its image out of the run and blocks the images
// that stand on it; everything else goes on.
package engine

import (
	"context"
	"errors"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
)

// An Engine carries out plans. Its fields are set before the first run.
type Engine struct {
	Actions  map[string]Action
	Events   event.Sink
	Logs     Logs // nil: output is shown and not kept
	Forks    int  // steps under way at once; 0: no bound
	Check    bool // change nothing
	FailFast bool // stop at the first failure
}

// errFailFast is the cause of a run that stopped at its first failure.
var errFailFast = errors.New("stopped at the first failure")

// Run carries out p. It returns nil when every step of every image went well,
// else a [*RunError], or diagnostics when a play turns out to select nothing.
// What can be known before has been checked when p was made.
func (e *Engine) Run(ctx context.Context, p *plan.Plan) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := newRun(e, p, stop)
	var invalid error
	for _, play := range p.Plays {
		if invalid = r.play(ctx, play); invalid != nil || ctx.Err() != nil {
			break
		}
	}
	interrupted := ctx.Err() != nil && !errors.Is(context.Cause(ctx), errFailFast)
	e.Events.Emit(event.RunFinished{Recap: r.recap(), Interrupted: interrupted})
	if invalid != nil {
		return invalid
	}
	return r.verdict(interrupted)
}

// play runs one play over the images that are still in the run.
func (r *run) play(ctx context.Context, p *plan.Play) error {
	selected, err := r.choose(p)
	if err != nil {
		return err
	}
	images := r.alive(selected)
	r.begin(p, images)
	for _, s := range split(p.Leaves(), r.joins(p)) {
		if len(r.alive(images)) == 0 || ctx.Err() != nil {
			return nil //nolint:nilerr // how the run ended is its verdict's to say
		}
		if s.joint {
			r.together(ctx, p, s.tasks[0], selected)
			continue
		}
		r.walk(ctx, p, s.tasks, images)
	}
	return nil
}

// A segment is a run of tasks that are walked together, or one joint task.
type segment struct {
	tasks []int // indexes into the play's tasks
	joint bool
}

// split cuts tasks at every joint one, and at every task of a linear play.
func split(tasks []*playbook.Task, alone func(i int) (joint, lockstep bool)) []segment {
	var out []segment
	open := false
	for i := range tasks {
		joint, lockstep := alone(i)
		if !joint && open && !lockstep {
			last := &out[len(out)-1]
			last.tasks = append(last.tasks, i)
			continue
		}
		out = append(out, segment{tasks: []int{i}, joint: joint})
		open = !joint
	}
	return out
}

func (r *run) joins(p *plan.Play) func(int) (bool, bool) {
	return func(i int) (joint, lockstep bool) {
		action, ok := r.engine.Actions[p.Leaves()[i].Action].(Joint)
		return ok && action.Joins(p.Leaves()[i].Args), p.Schedule == plan.Linear
	}
}
