package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Ansible's numbers, but for the bound: a delay that doubles becomes an
// afternoon soon.
const (
	usualRetries = 3
	usualDelay   = 5 * time.Second
	longestDelay = 5 * time.Minute
)

// attempts repeats the task until it is as wanted, or as often as it says.
func (j *job) attempts(ctx context.Context, step Step, o outcome) outcome {
	left, delay, ds := j.patience(ctx)
	if err := ds.Err(); err != nil {
		o.invalid, o.err = j.wrong(err)
		return o
	}
	for n := 1; ; n++ {
		o = j.attempt(ctx, step, o)
		if j.task.Retry == nil || ctx.Err() != nil {
			return o
		}
		o.value["attempts"] = n
		done, end := j.enough(ctx, o)
		if o = end; done {
			return o
		}
		if left == 0 {
			return j.exhausted(o, n)
		}
		if !j.pause(ctx, left, delay, o.err) {
			return o
		}
		left, delay = left-1, j.longer(delay)
	}
}

// ready prepares the step. What its templates could not be told of the image is
// asked for again, as often as the task is tried again.
func (j *job) ready(ctx context.Context) (Step, outcome, bool) {
	j.log = newStepLog(j)
	step, o, ok := j.prepare(ctx)
	if ok || o.err == nil || o.invalid || j.task.Retry == nil {
		return step, o, ok
	}
	left, delay, ds := j.patience(ctx)
	if err := ds.Err(); err != nil {
		o.invalid, o.err = j.wrong(err)
		return step, o, false
	}
	for ; left > 0 && !ok && o.err != nil && !o.invalid && j.pause(ctx, left, delay, o.err); left-- {
		delay = j.longer(delay)
		step, o, ok = j.prepare(ctx)
	}
	return step, o, ok
}

// pause tells that an attempt follows, and waits for it. It reports whether it
// was not cut short.
func (j *job) pause(ctx context.Context, left int, delay time.Duration, err error) bool {
	j.wave.run.engine.Events.Emit(event.Retrying{Step: j.id, Label: j.shown(j.label), Left: left, After: delay, Err: j.hidden(err)})
	return wait(ctx, delay)
}

// longer is the delay that follows one.
func (j *job) longer(delay time.Duration) time.Duration {
	if j.task.Retry.Backoff {
		return min(2*delay, max(delay, longestDelay))
	}
	return delay
}

// patience is how often the task is repeated, and after what time.
func (j *job) patience(ctx context.Context) (retries int, delay time.Duration, found diag.List) {
	again := j.task.Retry
	if again == nil {
		return 0, 0, nil
	}
	retries = usualRetries
	if !again.Retries.IsZero() {
		n, ds := j.data(ctx).Expand(again.Retries)
		if ds.Err() == nil {
			retries, ds = playbook.Number(n)
		}
		found.Add(ds...)
	}
	delay, ds := j.duration(ctx, again.Delay, usualDelay)
	found.Add(ds...)
	return retries, delay, found
}

// enough reports whether the task is as wanted, or never will be.
func (j *job) enough(ctx context.Context, o outcome) (bool, outcome) {
	if o.invalid || outcomeOf(o.err) == event.Refused && o.err != nil {
		return true, o
	}
	if len(j.task.Retry.Until) == 0 {
		return o.err == nil, o
	}
	done, err := holds(j.after(ctx, o.value), j.task.Retry.Until)
	if err != nil {
		o.invalid, o.err = j.wrong(err)
		o.value["failed"], o.value["msg"] = true, o.err.Error()
		return o.invalid, o
	}
	return done, o
}

// exhausted is a task that did not become as wanted.
func (j *job) exhausted(o outcome, attempts int) outcome {
	if o.err == nil {
		o.err = fmt.Errorf("not as wanted after %d attempts: %s", attempts, texts(j.task.Retry.Until))
		o.value["failed"], o.value["msg"] = true, o.err.Error()
	}
	return o
}

// wait waits, unless ctx ends first.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
