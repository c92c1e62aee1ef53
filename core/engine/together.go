package engine

import (
	"context"
	"errors"
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
	case here.kind == steer:
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
		if e, ok := w.before(here, id); ok && here.kind == act && !here.task.RunOnce {
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
		j := &job{wave: w, course: c, task: w.places[at].task}
		ends, err := holds(j.data(nil), j.task.When)
		if err != nil {
			w.undecided(ctx, at, c, err)
			w.mark(at, c)
			continue
		}
		w.over = w.over || ends
		c.pass(w.program)
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
	kept    event.Kept
	failure *failure // nil when it went well or is ignored
}

// once does a task that is done once.
func (w *wave) once(ctx context.Context, at int, c *course) common {
	before := c.last
	done := common{kept: w.act(ctx, at, c)}
	w.mark(at, c)
	if c.last == before {
		return done
	}
	done.failure = c.last
	if !w.places[at].caught {
		w.stop(at, "%s failed, which is done once for all images", w.places[at].task.Title())
	}
	return done
}

// take has an image take what came of a task that is done once.
func (w *wave) take(at int, c *course, done common) {
	id := w.stepOf(w.places[at], c)
	w.run.keep(id, done.kept)
	w.run.done(c.image.Name, w.play.Index, w.places[at].task.Name)
	switch {
	case done.failure == nil:
		c.pass(w.program)
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
	action, _ := w.run.joint(here.task)
	var steps []Step
	var jobs []*job
	for _, c := range ready {
		j := &job{wave: w, course: c, task: here.task, id: w.stepOf(here, c)}
		w.run.engine.Events.Emit(event.StepStarted{Step: j.id})
		step, o, ok := j.prepare()
		if !ok {
			w.conclude(ctx, at, c, o)
			w.mark(at, c)
			continue
		}
		steps, jobs = append(steps, step), append(jobs, j)
	}
	if len(steps) == 0 {
		return
	}
	begun := time.Now()
	ends := action.RunTogether(ctx, steps, w.missing())
	for i, j := range jobs {
		o := outcome{id: j.id, task: j.task, err: errNoEnding}
		if i < len(ends) {
			o.result, o.err = ends[i].Result, ends[i].Err
		}
		o = j.judge(ctx, o)
		o.took, o.log = time.Since(begun), j.log.close()
		w.conclude(ctx, at, j.course, o)
		w.mark(at, j.course)
	}
}

// errNoEnding is how a step ends that a joint action forgot.
var errNoEnding = errors.New("the action did not say how this ended")

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
