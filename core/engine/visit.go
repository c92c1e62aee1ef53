package engine

import (
	"context"
	"maps"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
)

// visit has an image deal with a place of the program whose turn it is.
func (w *wave) visit(ctx context.Context, at int, c *course) {
	if !w.reaches(at, c) {
		w.passed(at, c)
		return
	}
	switch w.places[at].kind {
	case aMeta:
		w.steer(ctx, at, c)
		w.passed(at, c)
	case aLoop:
		w.each(ctx, at, c)
		w.passed(at, c)
	default:
		w.act(ctx, at, c)
		w.mark(at, c)
	}
}

// reaches reports whether an image has something to do at a place, and is on
// its way past it when it has not.
func (w *wave) reaches(at int, c *course) bool {
	if w.ended() {
		c.over = true
	}
	if c.over || c.next != at {
		return false
	}
	if w.stopped(at) && c.failure == nil {
		c.drop(w.program)
		return c.next == at
	}
	if !w.wanted(at, c) {
		c.pass(w.program)
		return false
	}
	return true
}

// wanted reports whether what stands at a place is to run for an image: a
// handler only when it was notified.
func (w *wave) wanted(at int, c *course) bool {
	here := w.places[at]
	return !here.handler || w.run.notified(c.image.Name, w.play.Index, here.task.Name)
}

// passed tells that an image has nothing more to do at a place.
func (w *wave) passed(at int, c *course) {
	w.mark(at, c)
	for _, here := range w.places[at:w.after(at)] {
		if here.kind <= aLoop {
			w.run.engine.Events.Emit(event.StepPassed{Step: event.Step{Play: w.play.Index, Task: here.number, Name: here.task.Title(), Image: c.image.Name}})
		}
	}
}

// mark remembers whose failure made an image pass a place over, for the images
// that are made from it.
func (w *wave) mark(at int, c *course) {
	if at < c.lost && c.last != nil && !c.last.quiet {
		w.lost[at][c.index] = c.last.blame
	}
}

// blame returns the image because of which a step cannot be done, or "". What
// stands below always, and what runs for images that failed, is not kept from
// running.
func (w *wave) blame(at int, c *course) string {
	if w.play.Schedule == plan.Free || w.places[at].always || c.failure != nil && w.places[at].handler {
		return ""
	}
	for _, parent := range c.parents {
		if by := w.lost[at][parent]; by != "" {
			return by
		}
	}
	for _, parent := range w.run.plan.Family.Graph.Deps(c.image.Name) {
		if by := w.run.left(parent); by != "" && !w.has(c, parent) {
			return by
		}
	}
	return ""
}

// has reports whether a parent of an image goes through the same wave.
func (w *wave) has(c *course, parent string) bool {
	for _, i := range c.parents {
		if w.courses[i].image.Name == parent {
			return true
		}
	}
	return false
}

// act carries out a task for one image, and returns what it leaves to others.
func (w *wave) act(ctx context.Context, at int, c *course) event.Kept {
	here := w.places[at]
	id := w.stepOf(here, c)
	if e, ok := w.before(here, id); ok {
		return w.recall(ctx, at, c, e)
	}
	if by := w.blame(at, c); by != "" {
		return w.conclude(ctx, at, c, w.blocked(id, here, by))
	}
	w.run.engine.Events.Emit(event.StepStarted{Step: id})
	j := &job{wave: w, course: c, task: here.task, id: id}
	if here.task.Loop != nil {
		return w.conclude(ctx, at, c, j.loop(ctx))
	}
	return w.conclude(ctx, at, c, j.once(ctx))
}

// stepOf names a step.
func (w *wave) stepOf(here place, c *course) event.Step {
	on := ""
	if here.kind == aTask {
		on = here.task.On.Text()
	}
	return event.Step{
		Play: w.play.Index, Task: here.number, Image: c.image.Name, Item: c.labels, Path: c.path,
		Name: w.name(here.task, c.image, plan.Seen{Loop: c.items}), On: on,
	}
}

// steer carries out a meta task for one image. It is told of only when its
// condition cannot be decided.
func (w *wave) steer(ctx context.Context, at int, c *course) {
	here := w.places[at]
	j := &job{wave: w, course: c, task: here.task, id: w.stepOf(here, c), recalls: !w.run.isFresh(c.image.Name)}
	wanted, err := holds(j.data(ctx), here.task.When)
	switch {
	case err != nil:
		w.undecided(ctx, at, c, j, err)
	case here.task.Meta == playbook.EndImage && wanted:
		c.over = true
	case here.task.Meta == playbook.EndPlay && wanted: // from inside of a loop
		c.over = true
		w.end()
	case here.task.Meta == playbook.FlushHandlers && !wanted:
		c.skip(w.program, here.to)
	default:
		c.pass(w.program)
	}
}

// undecided fails an image at a place that is no step: its condition, or the
// list of a looped block, makes no sense, or reads what cannot be had.
func (w *wave) undecided(ctx context.Context, at int, c *course, j *job, err error) {
	here := w.places[at]
	o := outcome{id: w.stepOf(here, c), task: here.task}
	o.invalid, o.err = j.wrong(err)
	w.run.engine.Events.Emit(event.StepStarted{Step: o.id})
	w.conclude(ctx, at, c, o)
}

// seen returns what the templates of a step see beside what the plan knows.
func (w *wave) seen(c *course, loop map[string]any) plan.Seen {
	s := w.run.seen(c.image.Name)
	s.Loop = c.items
	if loop != nil {
		s.Loop = maps.Clone(c.items)
		if s.Loop == nil {
			s.Loop = map[string]any{}
		}
		maps.Copy(s.Loop, loop)
	}
	if c.last != nil {
		s.FailedTask, s.FailedResult = c.last.task, c.last.result
	}
	return s
}
