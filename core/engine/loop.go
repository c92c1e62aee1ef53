package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/playbook"
)

// A round is a loop being gone through: do is called with the index of each
// item, at most Parallel at once, and says whether the loop breaks after it.
type round struct {
	loop  *playbook.Loop
	items int
	pause time.Duration
	do    func(i int) (stop bool)
}

// run goes through the items, and returns how many were begun.
func (r round) run(ctx context.Context) int {
	var mu sync.Mutex
	var group sync.WaitGroup
	slots := make(chan struct{}, max(1, r.loop.Parallel))
	stopped, begun := false, 0
	for i := range r.items {
		slots <- struct{}{}
		mu.Lock()
		over := stopped || ctx.Err() != nil
		mu.Unlock()
		if over || i > 0 && r.pause > 0 && !wait(ctx, r.pause) {
			break
		}
		begun++
		group.Go(func() {
			defer func() { <-slots }()
			if r.do(i) {
				mu.Lock()
				defer mu.Unlock()
				stopped = true
			}
		})
	}
	group.Wait()
	return begun
}

// loop does the task for every item. An item that fails does not end the loop.
func (j *job) loop(ctx context.Context) outcome {
	begun := time.Now()
	o := outcome{id: j.id, task: j.task}
	l := j.task.Loop
	j.recalls = !j.wave.run.isFresh(j.id.Image) && j.wave.run.engine.Past.began(j.id)
	all, pause, err := j.items(ctx)
	if err != nil {
		return j.unlooped(ctx, o, err)
	}
	ends := make([]outcome, len(all))
	n := round{loop: l, items: len(all), pause: pause, do: func(i int) (stop bool) {
		ends[i], stop = j.item(ctx, all, i)
		return stop
	}}.run(ctx)
	o = j.sum(o, ends[:n])
	o.took = time.Since(begun)
	if ctx.Err() != nil && o.err == nil {
		o.err = context.Cause(ctx) // items may be left
	}
	return o
}

// unlooped is a loop that cannot begin. What is not to be done needs no list.
func (j *job) unlooped(ctx context.Context, o outcome, err error) outcome {
	o.invalid, o.err = j.wrong(err)
	if wanted, why := holds(j.data(ctx), j.task.When); why == nil && !wanted {
		o.err, o.invalid, o.result.Skipped = nil, false, true
	}
	o.value = valueOf(o.result, o.err)
	return o
}

// item does the task for one item, or remembers that it has been done.
func (j *job) item(ctx context.Context, all []any, i int) (o outcome, stop bool) {
	l := j.task.Loop
	one := &job{wave: j.wave, course: j.course, task: j.task, id: j.id, names: named(l, all, i), index: i}
	one.label = labelOf(one.data(ctx), l, all[i])
	if e, ok := j.wave.run.engine.Past.item(j.id, i); ok && !j.wave.again(j.task) && !j.wave.run.isFresh(j.id.Image) {
		o = remembered(e.Step, j.task, e.Outcome, e.Result, e.Kept)
	} else {
		o = one.once(ctx)
		o.value[l.Var] = all[i]
		one.tell(i, o)
	}
	stop, err := holds(one.after(ctx, o.value), l.BreakWhen)
	if err != nil {
		o.invalid, o.err = one.wrong(err)
	}
	return o, stop && len(l.BreakWhen) > 0
}

// tell reports an item.
func (j *job) tell(i int, o outcome) {
	e := event.ItemFinished{Step: j.id, Index: i, Label: j.shown(j.label), Took: o.took, Outcome: o.ended()}
	e.Result, e.Kept = o.report(), event.Kept{Register: j.task.Register, Value: o.value, Vars: o.result.Vars, Groups: o.result.Groups}
	if j.task.NoLog {
		j.wave.run.withhold(e.Step, i, e.Kept)
		e.Result, e.Kept = o.censored(e.Result, e.Kept)
	}
	j.wave.run.engine.Events.Emit(e)
}

// sum is a loop as one outcome.
func (j *job) sum(o outcome, ends []outcome) outcome {
	o.items = len(ends)
	o.result.Skipped = true
	results := make([]any, len(ends))
	var failed []error
	for i, e := range ends {
		results[i] = e.value
		o.result = merged(o.result, e.result)
		o.invalid = o.invalid || e.invalid
		if e.err != nil {
			o.result.Skipped = false
			failed = append(failed, e.err)
		}
	}
	msg := "all items completed"
	if len(ends) == 0 {
		msg = "there are no items"
	}
	if len(failed) > 0 {
		o.err = &itemsError{Failed: failed, Of: len(ends)}
	}
	o.value = map[string]any{
		"changed": o.result.Changed, "skipped": o.result.Skipped, "failed": o.err != nil, "digest": "", "msg": msg, "results": results,
	}
	if o.err != nil {
		o.value["msg"] = o.err.Error()
	}
	return o
}

// merged adds the result of an item to that of its loop.
func merged(all, one Result) Result {
	all.Changed = all.Changed || one.Changed
	all.Skipped = all.Skipped && one.Skipped
	all.Promoted = all.Promoted || one.Promoted
	all.Held = all.Held || one.Held
	all.Groups = append(slices.Clip(all.Groups), one.Groups...)
	if len(one.Vars) > 0 && all.Vars == nil {
		all.Vars = map[string]any{}
	}
	maps.Copy(all.Vars, one.Vars)
	return all
}

// An itemsError says that items of a loop failed.
type itemsError struct {
	Failed []error
	Of     int
}

// Error counts them: each has been told by itself.
func (e *itemsError) Error() string {
	return fmt.Sprintf("%d of %d items failed", len(e.Failed), e.Of)
}

// Unwrap returns the worst of what went wrong: what the gate refused, else
// what failed, else what could not be reached.
func (e *itemsError) Unwrap() []error {
	for _, kind := range []event.Outcome{event.Refused, event.Failed} {
		if i := slices.IndexFunc(e.Failed, func(err error) bool { return outcomeOf(err) == kind }); i >= 0 {
			return e.Failed[i : i+1]
		}
	}
	return e.Failed
}
