package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

// An Undertaking is a step of an [Opaque] action, or an item of its loop, that
// is about to be done.
type Undertaking struct {
	Step  event.Step
	Index int      // of the item; 0 outside of a loop
	Label string   // what is shown of the item; "" outside of a loop
	Pos   diag.Pos // of the task
}

// AddUndertaking adds a step that was begun. It is open until the step, or the
// item, is added as finished.
func (p *Past) AddUndertaking(u Undertaking) {
	if p.open == nil {
		p.open = map[moment]Undertaking{}
	}
	p.open[momentOf(u.Step, u.Index)] = u
}

// Open returns the undertakings of which no end is known, in the order of the
// plays. A run that goes on does them again.
func (p *Past) Open() []Undertaking {
	return slices.SortedFunc(maps.Values(p.open), func(a, b Undertaking) int {
		return cmp.Or(
			cmp.Compare(a.Step.Play, b.Step.Play), cmp.Compare(a.Step.Task, b.Step.Task), cmp.Compare(a.Step.Image, b.Step.Image),
			cmp.Compare(a.Step.Path, b.Step.Path), cmp.Compare(a.Index, b.Index),
		)
	})
}

// Assume has the run go on as if an open undertaking had been done.
func (p *Past) Assume(u Undertaking) {
	if p.done == nil {
		p.done = map[moment]bool{}
	}
	p.done[momentOf(u.Step, u.Index)] = true
}

// assumes reports whether an undertaking counts as done. On an image whose past
// does not count any more nothing does.
func (r *run) assumes(u Undertaking) bool {
	return r.engine.Past.done[momentOf(u.Step, u.Index)] && !r.isFresh(u.Step.Image)
}

// undertake does what is to be done, with all its attempts. What nobody can look
// up afterwards is told of before.
func (j *job) undertake(ctx context.Context, step Step, o outcome) outcome {
	action, ok := j.wave.run.engine.Actions[j.task.Action].(Opaque)
	if !ok || step.Check || never(j.task.ChangedWhen) || j.wave.again(j.task) || !action.Opaque(step) {
		return j.attempts(ctx, step, o)
	}
	u := Undertaking{Step: j.id, Index: j.index, Label: j.shown(j.label), Pos: j.task.Pos}
	if j.wave.run.assumes(u) {
		o.result = action.Assumed(step)
		o.result.Changed = true
		return o
	}
	if journal := j.wave.run.engine.Journal; journal != nil {
		if o.err = journal.Undertake(u); o.err != nil {
			return o
		}
	}
	return j.attempts(ctx, step, o)
}

// never reports whether a task says that it changes nothing, whatever happens.
func never(conditions []document.Node) bool {
	return slices.ContainsFunc(conditions, func(n document.Node) bool { return n.Value() == false || n.Text() == "false" })
}
