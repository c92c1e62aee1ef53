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
	left, delay, ds := j.patience()
	if err := ds.Err(); err != nil {
		o.err, o.invalid = err, true
		return o
	}
	for n := 1; ; n++ {
		o = j.attempt(ctx, step, o)
		if j.task.Retry == nil || ctx.Err() != nil {
			return o
		}
		o.value["attempts"] = n
		if done, end := j.enough(o); done {
			return end
		}
		if left == 0 {
			return j.exhausted(o, n)
		}
		j.wave.run.engine.Events.Emit(event.Retrying{Step: j.id, Label: j.shown(j.label), Left: left, After: delay, Err: j.hidden(o.err)})
		if !wait(ctx, delay) {
			return o
		}
		left, delay = left-1, j.longer(delay)
	}
}

// longer is the delay that follows one.
func (j *job) longer(delay time.Duration) time.Duration {
	if j.task.Retry.Backoff {
		return min(2*delay, max(delay, longestDelay))
	}
	return delay
}

// patience is how often the task is repeated, and after what time.
func (j *job) patience() (retries int, delay time.Duration, found diag.List) {
	again := j.task.Retry
	if again == nil {
		return 0, 0, nil
	}
	retries = usualRetries
	if !again.Retries.IsZero() {
		n, ds := j.data(nil).Expand(again.Retries)
		if ds.Err() == nil {
			retries, ds = playbook.Number(n)
		}
		found.Add(ds...)
	}
	delay, ds := j.duration(again.Delay, usualDelay)
	found.Add(ds...)
	return retries, delay, found
}

// enough reports whether the task is as wanted, or never will be.
func (j *job) enough(o outcome) (bool, outcome) {
	if o.invalid || outcomeOf(o.err) == event.Refused && o.err != nil {
		return true, o
	}
	if len(j.task.Retry.Until) == 0 {
		return o.err == nil, o
	}
	done, err := holds(j.data(o.value), j.task.Retry.Until)
	if err != nil {
		o.err, o.invalid = err, true
		return true, o
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
