package engine

import (
	"context"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/event"
)

// together deals with a place at which all images of the wave wait for each
// other.
func (w *wave) together(ctx context.Context, at int) {
	ready := w.arrived(ctx, at)
	here := w.places[at]
	switch {
	case len(ready) == 0:
	case here.kind == aMeta:
		w.endPlay(ctx, at, ready)
	case here.task.RunOnce:
		w.first(ctx, at, ready)
	default:
		w.allAtOnce(ctx, at, ready)
	}
}

// arrived returns the images that have something to do at a place. Those that
// are blocked, and those for which it has been done, are dealt with.
func (w *wave) arrived(ctx context.Context, at int) []*course {
	var ready []*course
	here := w.places[at]
	for _, c := range w.courses {
		if !w.reaches(at, c) {
			w.passed(at, c)
			continue
		}
		id := w.stepOf(here, c)
		if e, ok := w.before(here, id); ok && here.kind == aTask && !here.task.RunOnce {
			w.recall(ctx, at, c, e)
		} else if by := w.blame(at, c); by != "" {
			w.conclude(ctx, at, c, w.blocked(id, here, by))
		} else {
			ready = append(ready, c)
			continue
		}
		w.mark(at, c)
	}
	return ready
}

// endPlay ends the play for all images when it does for one of them.
func (w *wave) endPlay(ctx context.Context, at int, ready []*course) {
	for _, c := range ready {
		j := &job{wave: w, course: c, task: w.places[at].task, id: w.stepOf(w.places[at], c), recalls: !w.run.isFresh(c.image.Name)}
		ends, err := holds(j.data(ctx), j.task.When)
		if err != nil {
			w.undecided(ctx, at, c, j, err)
			w.mark(at, c)
			continue
		}
		if c.pass(w.program); ends {
			w.end()
		}
	}
	for _, c := range ready {
		w.passed(at, c)
	}
}

// first does a task for the first image of the play, and takes what comes of it
// for all of them.
func (w *wave) first(ctx context.Context, at int, ready []*course) {
	key := onceKey{w.play.Index, w.places[at].number}
	done, known := w.run.once[key]
	if !known {
		i := max(0, slices.IndexFunc(ready, func(c *course) bool {
			_, before := w.before(w.places[at], w.stepOf(w.places[at], c))
			return before
		}))
		done = w.once(ctx, at, ready[i])
		w.run.once[key] = done
		ready = slices.Delete(ready, i, i+1)
	}
	for _, c := range ready {
		w.take(at, c, done)
	}
}

// A onceKey is a task that is done once in the run.
type onceKey struct{ play, task int }

// A common outcome is that of one image, for all of them.
type common struct {
	kept    []event.Kept
	failure *failure // nil when it went well or is ignored
}

// once does a task that is done once.
func (w *wave) once(ctx context.Context, at int, c *course) common {
	before := c.last
	var done common
	if w.places[at].kind == aLoop {
		w.each(ctx, at, c)
		w.passed(at, c)
		done.kept = w.left(at, c)
	} else {
		done.kept = []event.Kept{w.act(ctx, at, c)}
		w.mark(at, c)
	}
	if c.last == before {
		return done
	}
	done.failure = c.last
	if !w.places[at].caught {
		w.stop(at, "%s failed, which is done once for all images", w.places[at].task.Title())
	}
	return done
}

// left is what the tasks of a looped block have left to those after them.
func (w *wave) left(at int, c *course) []event.Kept {
	var kept []event.Kept
	seen := w.run.seen(c.image.Name)
	for _, here := range w.places[at:w.after(at)] {
		if here.kind != aTask {
			continue
		}
		k := event.Kept{Register: here.task.Register, Value: seen.Registered[here.task.Register], Vars: map[string]any{}}
		for _, name := range here.task.Defines {
			if value, ok := seen.Set[name]; ok {
				k.Vars[name] = value
			}
		}
		kept = append(kept, k)
	}
	return kept
}

// take has an image take what came of a task that is done once.
func (w *wave) take(at int, c *course, done common) {
	id := w.stepOf(w.places[at], c)
	for _, k := range done.kept {
		w.run.keep(id, k)
	}
	w.run.done(c.image.Name, w.play.Index, w.places[at].task.Name)
	switch {
	case done.failure == nil:
		c.skip(w.program, w.after(at))
	case w.places[at].caught:
		c.fail(w.program, done.failure)
	default:
		c.drop(w.program)
	}
	w.passed(at, c)
}

// allAtOnce runs a joint task once for all images that have arrived.
func (w *wave) allAtOnce(ctx context.Context, at int, ready []*course) {
	here := w.places[at]
	g := group{wave: w, task: here.task}
	for _, c := range ready {
		j := &job{wave: w, course: c, task: here.task, id: w.stepOf(here, c)}
		w.run.engine.Events.Emit(event.StepStarted{Step: j.id})
		step, o, ok := j.ready(ctx)
		if !ok {
			w.conclude(ctx, at, c, o)
			w.mark(at, c)
			continue
		}
		g.steps, g.jobs = append(g.steps, step), append(g.jobs, j)
	}
	if len(g.steps) == 0 {
		return
	}
	begun := time.Now()
	for i, o := range g.attempts(ctx) {
		j := g.jobs[i]
		o.took, o.log = time.Since(begun), j.log.close()
		w.conclude(ctx, at, j.course, o)
		w.mark(at, j.course)
	}
}

// missing names the images of the play that have left the run, in this play or
// before.
func (w *wave) missing() []string {
	var out []string
	for _, image := range w.selected {
		if w.run.left(image.Name) != "" {
			out = append(out, image.Name)
		}
	}
	return out
}
