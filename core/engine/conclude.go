package engine

import (
	"context"
	"errors"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/playbook"
)

// conclude keeps what a step came to, tells of it, and sends the image on. It
// returns what was kept.
func (w *wave) conclude(ctx context.Context, at int, c *course, o outcome) event.Kept {
	here := w.places[at]
	bad := o.err != nil
	stopped := bad && ctx.Err() != nil // it is done again when the run goes on
	ignored := bad && !stopped && w.ignores(ctx, c, o)
	rescued := bad && !stopped && !ignored && here.caught
	kept := w.tell(o, here, ignored, rescued)
	switch {
	case stopped:
		w.run.lose(c.image.Name, c.image.Name, o.ended())
		c.fail(w.program, w.failureOf(c, o))
		c.next, c.lost = c.end, c.end
	case !bad || ignored:
		c.pass(w.program)
	case rescued:
		w.run.remember(o.ended(), c.image.Name)
		c.fail(w.program, w.failureOf(c, o))
	default:
		w.leave(at, c, o)
	}
	return kept
}

// leave takes an image out of the run.
func (w *wave) leave(at int, c *course, o outcome) {
	f := w.failureOf(c, o)
	first := w.run.lose(c.image.Name, f.blame, o.ended())
	c.fail(w.program, f)
	if first && o.ended() != event.Blocked {
		w.judge(at, o.task)
	}
	if w.run.engine.FailFast {
		w.run.stop(&fastError{o.id.Name, c.image.Name})
	}
}

func (w *wave) failureOf(c *course, o outcome) *failure {
	f := &failure{
		task:   map[string]any{"name": o.id.Name, "action": o.task.Action},
		result: o.value, blame: c.image.Name,
	}
	if o.cause != "" {
		f.blame = o.cause
	}
	if f.result == nil {
		f.result = valueOf(o.result, o.err)
	}
	return f
}

// tell keeps and reports a finished step.
func (w *wave) tell(o outcome, here place, ignored, rescued bool) event.Kept {
	e := event.StepFinished{
		Step: o.id, Outcome: o.ended(), Result: o.report(), Took: o.took, Items: o.items, Ignored: ignored, Rescued: rescued,
		Kept: event.Kept{Register: o.task.Register, Value: o.value, Vars: o.result.Vars, Groups: o.result.Groups},
	}
	if _, revives := w.run.engine.Actions[o.task.Action].(Reviver); o.value == nil || o.task.Register == "" && !revives {
		e.Kept.Value = nil
	}
	if o.result.Changed && (o.err == nil || ignored) {
		e.Kept.Notified = w.notifies(o.task)
	}
	if here.handler {
		w.run.done(o.id.Image, w.play.Index, here.task.Name)
	}
	kept := e.Kept
	w.run.keep(o.id, kept)
	if o.task.NoLog {
		w.run.withhold(e.Step, -1, kept)
		e.Result, e.Kept = o.censored(e.Result, e.Kept)
	}
	w.run.finish(e)
	return kept
}

// notifies names the handlers that a changed task notifies.
func (w *wave) notifies(t *playbook.Task) []string {
	var names []string
	for _, h := range w.play.Handlers {
		if listens(h, t.Notify) {
			names = append(names, h.Name)
		}
	}
	return names
}

// ignores reports whether a task says that its failure is no harm. What makes
// no sense, what was blocked and what the gate refused is always harm.
func (w *wave) ignores(ctx context.Context, c *course, o outcome) bool {
	if o.invalid || o.cause != "" || o.ended() == event.Refused || o.task.IgnoreErrors.IsZero() {
		return false
	}
	j := &job{wave: w, course: c, task: o.task}
	n, ds := j.after(ctx, o.value).Expand(o.task.IgnoreErrors)
	return ds.Err() == nil && n.Kind() == document.Scalar && n.Value() == true
}

// blocked is a step that cannot be done because an image failed.
func (w *wave) blocked(id event.Step, here place, by string) outcome {
	err := &blockedError{by}
	value := valueOf(Result{}, err)
	value["blocked"] = true
	return outcome{id: id, task: here.task, cause: by, err: err, value: value}
}

// A blockedError says which image's failure keeps a step from being done.
type blockedError struct{ by string }

// Error names the image.
func (e *blockedError) Error() string { return e.by + " failed" }

// ended is how an outcome is reported.
func (o outcome) ended() event.Outcome {
	switch {
	case o.cause != "":
		return event.Blocked
	case o.err != nil:
		return outcomeOf(o.err)
	case o.result.Skipped:
		return event.Skipped
	case o.result.Changed:
		return event.Changed
	default:
		return event.OK
	}
}

func outcomeOf(err error) event.Outcome {
	if _, ok := errors.AsType[*RefusedError](err); ok {
		return event.Refused
	}
	if _, ok := errors.AsType[*UnreachableError](err); ok {
		return event.Unreachable
	}
	return event.Failed
}

// report is what the line of an outcome shows.
func (o outcome) report() event.Result {
	r := event.Result{
		Verb: o.result.Verb, Digest: o.result.Digest, Detail: o.result.Detail, Diff: o.result.Diff,
		Promoted: o.result.Promoted, Held: o.result.Held, Cause: o.cause, Value: o.value,
	}
	if o.err != nil {
		r = event.Result{Held: o.ended() == event.Refused, Promoted: o.result.Promoted, Diff: o.result.Diff, Cause: o.cause, Value: o.value}
		if o.cause == "" {
			r.Err, r.Log = o.err, o.log
		}
	}
	return r
}
