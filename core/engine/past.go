package engine

import (
	"context"
	"errors"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/playbook"
)

// Past is what a run had finished before it was interrupted: steps and items of
// loops that went well, or from whose failure the run went on. A run with a past
// goes through its plays as it did, remembers these instead of doing them, and
// so comes to where each image stood, with what tasks had registered, defined
// and notified. The zero Past is that of a new run.
type Past struct {
	steps map[moment]event.StepFinished
	items map[moment]event.ItemFinished
	begun map[moment]bool           // steps of which there are items
	facts map[moment]map[string]any // what templates of steps were told of their images
	open  map[moment]Undertaking
	done  map[moment]bool // undertakings that are assumed to have been done
}

// A moment is a step in a run, or an item of one.
type moment struct {
	play, task  int
	image, path string
	item        int
}

func momentOf(s event.Step, item int) moment {
	return moment{play: s.Play, task: s.Task, image: s.Image, path: s.Path, item: item}
}

// AddStep adds a step. One that failed for good is forgotten: it is done again.
func (p *Past) AddStep(e event.StepFinished) {
	delete(p.open, momentOf(e.Step, 0))
	if !e.Outcome.Good() && !e.Ignored && !e.Rescued {
		return
	}
	if p.steps == nil {
		p.steps = map[moment]event.StepFinished{}
	}
	p.steps[momentOf(e.Step, 0)] = e
}

// AddItem adds an item of a loop. One that failed is done again, unless the
// whole step was finished.
func (p *Past) AddItem(e event.ItemFinished) {
	delete(p.open, momentOf(e.Step, e.Index))
	if !e.Outcome.Good() {
		return
	}
	if p.items == nil {
		p.items, p.begun = map[moment]event.ItemFinished{}, map[moment]bool{}
	}
	p.items[momentOf(e.Step, e.Index)], p.begun[momentOf(e.Step, 0)] = e, true
}

// AddFacts adds what the templates of a step were told of its image.
func (p *Past) AddFacts(e event.FactsRead) {
	if p.facts == nil {
		p.facts = map[moment]map[string]any{}
	}
	p.facts[momentOf(e.Step, 0)] = e.Facts
}

// began reports whether items of a step were finished.
func (p *Past) began(id event.Step) bool { return p.begun[momentOf(id, 0)] }

func (p *Past) step(id event.Step) (event.StepFinished, bool) {
	e, ok := p.steps[momentOf(id, 0)]
	return e, ok
}

func (p *Past) item(id event.Step, i int) (event.ItemFinished, bool) {
	e, ok := p.items[momentOf(id, i)]
	return e, ok
}

// again reports whether a task is done again though it was finished: what it
// made is gone with the process, or what it looked at is.
func (w *wave) again(t *playbook.Task) bool {
	action := w.run.engine.Actions[t.Action]
	_, revives := action.(Reviver)
	return w.fleeting(t) || revives && t.Loop != nil || w.run.remakes.Load() && looks(action, t)
}

func (w *wave) fleeting(t *playbook.Task) bool {
	action, ok := w.run.engine.Actions[t.Action].(Fleeting)
	return ok && action.Fleeting(t.Args)
}

func looks(action Action, t *playbook.Task) bool {
	onlooker, ok := action.(Onlooker)
	return ok && onlooker.Looks(t.Args)
}

// before returns how a step came out before the run was resumed, when that
// still counts.
func (w *wave) before(here place, id event.Step) (event.StepFinished, bool) {
	e, ok := w.run.engine.Past.step(id)
	if ok && w.fleeting(here.task) {
		w.run.remakes.Store(true)
	}
	if w.again(here.task) || w.run.isFresh(id.Image) {
		return event.StepFinished{}, false
	}
	return e, ok
}

// recall goes on after a step as if it had just come out as it did.
func (w *wave) recall(ctx context.Context, at int, c *course, e event.StepFinished) event.Kept {
	here := w.places[at]
	err := w.revive(ctx, c, here, e)
	if errors.Is(err, ErrAgain) {
		w.run.startFresh(c.image.Name)
		return w.act(ctx, at, c)
	}
	if err != nil {
		return w.conclude(ctx, at, c, outcome{id: e.Step, task: here.task, err: err})
	}
	w.run.keep(e.Step, e.Kept)
	w.run.tally(e)
	if here.handler {
		w.run.done(c.image.Name, w.play.Index, here.task.Name)
	}
	w.run.engine.Events.Emit(event.StepPassed{Step: e.Step})
	if !e.Rescued {
		c.pass(w.program)
		return e.Kept
	}
	o := remembered(e.Step, here.task, e.Outcome, e.Result, e.Kept)
	w.run.remember(e.Outcome, c.image.Name)
	c.fail(w.program, w.failureOf(c, o))
	return e.Kept
}

// revive has the action bring back what it had left in the process that is gone.
func (w *wave) revive(ctx context.Context, c *course, here place, e event.StepFinished) error {
	action, ok := w.run.engine.Actions[here.task.Action].(Reviver)
	if !ok || !e.Outcome.Good() || e.Outcome == event.Skipped {
		return nil
	}
	j := &job{wave: w, course: c, task: here.task, id: e.Step, recalls: true}
	j.log = newStepLog(j)
	defer j.log.close()
	step, err := j.step(j.data(ctx))
	if err != nil {
		return err
	}
	value, _ := e.Kept.Value.(map[string]any)
	return action.Revive(ctx, step, value)
}

// remembered is what a step or an item had come to.
func remembered(id event.Step, t *playbook.Task, ended event.Outcome, r event.Result, k event.Kept) outcome {
	o := outcome{id: id, task: t, cause: r.Cause, result: Result{
		Changed: ended == event.Changed, Skipped: ended == event.Skipped, Promoted: r.Promoted, Held: r.Held,
		Verb: r.Verb, Digest: r.Digest, Detail: r.Detail, Vars: k.Vars, Groups: k.Groups,
	}}
	switch {
	case ended.Good():
	case r.Err != nil:
		o.err = r.Err
	default:
		o.err = errors.New("it failed before the run was resumed")
	}
	if value, ok := k.Value.(map[string]any); ok {
		o.value = value
	} else {
		o.value = valueOf(o.result, o.err)
	}
	return o
}
