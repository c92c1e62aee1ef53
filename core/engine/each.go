package engine

import (
	"context"
	"fmt"
)

// each does a block for every item of its loop, all of its tasks for one item
// after the other. An item that fails does not end the loop.
func (w *wave) each(ctx context.Context, at int, c *course) {
	here := w.places[at]
	j := &job{wave: w, course: c, task: here.task, id: w.stepOf(here, c), recalls: !w.run.isFresh(c.image.Name)}
	if by := w.blame(at, c); by != "" {
		w.conclude(ctx, at, c, w.blocked(j.id, here, by))
		return
	}
	all, pause, err := j.items(ctx)
	if err != nil {
		w.undecided(ctx, at, c, j, err)
		return
	}
	courses := make([]*course, len(all))
	n := round{loop: here.task.Loop, items: len(all), pause: pause, do: func(i int) bool {
		courses[i] = w.inner(ctx, at, c, j, all, i)
		return w.throughBlock(ctx, at, courses[i])
	}}.run(ctx)
	w.join(ctx, at, c, courses[:n])
}

// inner is the course of one item through a looped block.
func (w *wave) inner(ctx context.Context, at int, c *course, j *job, all []any, i int) *course {
	here := w.places[at]
	sub := &course{image: c.image, index: c.index, parents: c.parents, last: c.last, end: here.to}
	sub.items = w.seen(c, named(here.task.Loop, all, i)).Loop
	one := &job{wave: w, course: sub, task: here.task, id: j.id, before: j.before}
	sub.labels, sub.path = labelOf(one.data(ctx), here.task.Loop, all[i]), fmt.Sprint(i)
	if c.path != "" {
		sub.labels, sub.path = c.labels+", "+sub.labels, c.path+"/"+sub.path
	}
	sub.skip(w.program, at+1)
	return sub
}

// throughBlock takes one item through a block and says whether the loop ends
// after it.
func (w *wave) throughBlock(ctx context.Context, at int, sub *course) (stop bool) {
	for sub.next < sub.end && !sub.over && ctx.Err() == nil {
		next := sub.next
		if !w.reaches(next, sub) {
			continue
		}
		switch w.places[next].kind {
		case aMeta:
			w.steer(ctx, next, sub)
		case aLoop:
			w.each(ctx, next, sub)
		default:
			w.act(ctx, next, sub)
		}
	}
	task := w.places[at].task
	if len(task.Loop.BreakWhen) == 0 || sub.failure != nil {
		return sub.over
	}
	j := &job{wave: w, course: sub, task: task}
	stop, err := holds(j.after(ctx, nil), task.Loop.BreakWhen)
	if err != nil {
		sub.next = at // a condition that makes no sense fails the item
		w.undecided(ctx, at, sub, j, err)
	}
	return stop || sub.over
}

// join goes on with an image whose items are through.
func (w *wave) join(ctx context.Context, at int, c *course, courses []*course) {
	var failed *failure
	for _, sub := range courses {
		c.over = c.over || sub.over
		if sub.failure != nil && failed == nil {
			failed = sub.failure
		}
	}
	switch {
	case ctx.Err() != nil:
		c.next = c.end
	case failed != nil && failed.quiet:
		c.drop(w.program)
	case failed != nil:
		c.fail(w.program, failed)
	default:
		c.skip(w.program, w.places[at].to)
	}
}
