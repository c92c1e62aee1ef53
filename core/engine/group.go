package engine

import (
	"context"
	"errors"
	"time"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/playbook"
)

// A group is the steps of a joint task. They are attempted together, until all
// of them are as wanted.
type group struct {
	wave  *wave
	task  *playbook.Task
	steps []Step
	jobs  []*job
}

// errNoEnding is how a step ends that a joint action forgot.
var errNoEnding = errors.New("the action did not say how this ended")

// attempts repeats the task as it says, for all images or for none.
func (g group) attempts(ctx context.Context) []outcome {
	left, delay, ds := g.jobs[0].patience(ctx)
	if err := ds.Err(); err != nil {
		return g.all(err)
	}
	for n := 1; ; n++ {
		ends := g.attempt(ctx)
		if g.task.Retry == nil || ctx.Err() != nil {
			return ends
		}
		wanting := g.wanting(ctx, ends, n)
		if len(wanting) == 0 {
			return ends
		}
		if left == 0 {
			for _, i := range wanting {
				ends[i] = g.jobs[i].exhausted(ends[i], n)
			}
			return ends
		}
		g.tell(ends, wanting, left, delay)
		if !wait(ctx, delay) {
			return ends
		}
		left, delay = left-1, g.jobs[0].longer(delay)
	}
}

// wanting returns which steps are not as wanted after n attempts.
func (g group) wanting(ctx context.Context, ends []outcome, n int) []int {
	var wanting []int
	for i, j := range g.jobs {
		ends[i].value["attempts"] = n
		done, o := j.enough(ctx, ends[i])
		if ends[i] = o; !done {
			wanting = append(wanting, i)
		}
	}
	return wanting
}

func (g group) tell(ends []outcome, wanting []int, left int, delay time.Duration) {
	for _, i := range wanting {
		j := g.jobs[i]
		g.wave.run.engine.Events.Emit(event.Retrying{Step: j.id, Left: left, After: delay, Err: j.hidden(ends[i].err)})
	}
}

// attempt does the task once for all images.
func (g group) attempt(ctx context.Context) []outcome {
	ctx, cancel, err := g.jobs[0].limited(ctx)
	if err != nil {
		return g.all(err)
	}
	defer cancel()
	action, _ := g.wave.run.joint(g.task)
	ends := action.RunTogether(ctx, g.steps, g.wave.missing())
	out := make([]outcome, len(g.jobs))
	for i, j := range g.jobs {
		out[i] = outcome{id: j.id, task: j.task, err: errNoEnding}
		if i < len(ends) {
			out[i].result, out[i].err = ends[i].Result, ends[i].Err
		}
		out[i] = j.judge(ctx, out[i])
	}
	return out
}

// all is the same mistake for every step.
func (g group) all(err error) []outcome {
	out := make([]outcome, len(g.jobs))
	for i, j := range g.jobs {
		out[i] = outcome{id: j.id, task: j.task, err: err, invalid: true, value: valueOf(Result{}, err)}
	}
	return out
}
