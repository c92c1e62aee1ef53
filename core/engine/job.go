package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A job is one task on one image, or on one item of its loop.
type job struct {
	wave   *wave
	course *course
	task   *playbook.Task
	id     event.Step
	names  map[string]any // what the task's own loop names
	index  int            // of the item; 0 outside of a loop
	label  string         // of the item; "" outside of a loop
	before *look          // at the image, for the templates that are expanded before the action
	latest *look          // the last one

	recalls bool // it is told what it was told before the run was resumed

	log     *stepLog
	mistake atomic.Bool // a template of the step could not be expanded
}

// An outcome is what became of a step, or of an item of its loop.
type outcome struct {
	id      event.Step
	task    *playbook.Task
	result  Result
	err     error
	invalid bool           // the playbook makes no sense here: nobody may ignore that
	cause   string         // the image that failed, when the step was blocked
	value   map[string]any // what the step registers
	items   int            // of its loop, that were told one by one
	took    time.Duration
	log     string
}

// once does the task, with all its attempts.
func (j *job) once(ctx context.Context) outcome {
	begun := time.Now()
	step, o, ok := j.ready(ctx)
	if ok {
		o = j.undertake(ctx, step, o)
	}
	o.took, o.log = time.Since(begun), j.log.close()
	if o.err != nil && ctx.Err() != nil {
		o.err = fmt.Errorf("%w: %w", context.Cause(ctx), o.err)
	}
	if o.value == nil {
		o.value = valueOf(o.result, o.err)
	}
	return o
}

// prepare makes the step, unless there is nothing to do, the task makes no
// sense for the image, or its templates read what cannot be had: the outcome is
// then final.
func (j *job) prepare(ctx context.Context) (step Step, o outcome, ok bool) {
	o = outcome{id: j.id, task: j.task}
	data := j.data(ctx)
	wanted, err := holds(data, j.task.When)
	if err == nil && !wanted {
		o.result.Skipped = true
		return step, o, false
	}
	if err == nil {
		step, err = j.step(data)
	}
	o.invalid, o.err = j.wrong(err)
	return step, o, err == nil
}

// data is what the templates of the job see before its action. All of them are
// told of one look at the image.
func (j *job) data(ctx context.Context) vars.Data {
	if j.before == nil {
		j.before = j.look(ctx, true)
	}
	j.latest = j.before
	return j.sees(j.wave.seen(j.course, j.names))
}

// after is what they see once the action has come to value: that, and a new
// look at the image.
func (j *job) after(ctx context.Context, value map[string]any) vars.Data {
	j.latest = j.look(ctx, false)
	seen := j.wave.seen(j.course, j.names)
	if value != nil && j.task.Register != "" {
		seen.Registered = with(seen.Registered, map[string]any{j.task.Register: value})
	}
	return j.sees(seen)
}

func (j *job) sees(seen plan.Seen) vars.Data {
	if j.latest != nil {
		seen.Facts = j.latest.see
	}
	return j.wave.play.Data(j.course.image, j.task, seen)
}

// holds reports whether all conditions do.
func holds(data vars.Data, conditions []document.Node) (bool, error) {
	for _, condition := range conditions {
		holds, ds := data.True(condition)
		if err := ds.Err(); err != nil {
			return false, err
		}
		if !holds {
			return false, nil
		}
	}
	return true, nil
}

// step is what the action is given.
func (j *job) step(data vars.Data) (Step, error) {
	e := j.wave.run.engine
	step := Step{
		ID: j.id, Image: j.course.image, Dir: j.task.Dir, Log: j.log, Events: e.Events,
		Check: chosen(j.task.CheckMode, e.Check), Diff: chosen(j.task.Diff, e.Diff),
		Expand: func(n document.Node) (document.Node, diag.List) {
			out, ds := data.Expand(n)
			if ds.Err() != nil && j.before.failure() == nil {
				j.mistake.Store(true)
			}
			return out, ds
		},
	}
	if j.task.NoLog {
		step.Events = mute{e.Events}
	}
	var found diag.List
	var ds diag.List
	step.Args, found = data.Expand(j.task.Args)
	step.Env, ds = environment(data, j.task.Environment)
	found.Add(ds...)
	return step, found.Err()
}

func chosen(own *bool, otherwise bool) bool {
	if own != nil {
		return *own
	}
	return otherwise
}

// environment is what a task adds to the environment of processes.
func environment(data vars.Data, layers []document.Node) ([]string, diag.List) {
	values := map[string]string{}
	var found diag.List
	for _, layer := range layers {
		n, ds := data.Expand(layer)
		found.Add(ds...)
		for _, e := range n.Entries() {
			values[e.Key.Text()] = e.Value.Text()
		}
	}
	var env []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		env = append(env, name+"="+values[name])
	}
	return env, found
}

// attempt has the action do the task once and judges what came of it as the
// task says.
func (j *job) attempt(ctx context.Context, step Step, o outcome) outcome {
	ctx, cancel, err := j.limited(ctx)
	if err != nil {
		o.invalid, o.err = j.wrong(err)
		return o
	}
	defer cancel()
	o.result, o.err = j.wave.run.engine.Actions[j.task.Action].Run(ctx, step)
	if failed := j.before.failure(); o.err != nil && failed != nil {
		o.err = failed // of a template that the action had expanded
	}
	return j.judge(ctx, o)
}

// limited bounds an attempt as the task says.
func (j *job) limited(ctx context.Context) (context.Context, context.CancelFunc, error) {
	limit, ds := j.duration(ctx, j.task.Timeout, 0)
	if err := ds.Err(); err != nil || limit == 0 {
		return ctx, func() {}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w of %s", errTimeout, limit))
	return ctx, cancel, nil
}

// errTimeout is the cause of an attempt that was ended.
var errTimeout = errors.New("the task took longer than its timeout")

// duration is a duration of the task, expanded.
func (j *job) duration(ctx context.Context, n document.Node, otherwise time.Duration) (time.Duration, diag.List) {
	if n.IsZero() {
		return otherwise, nil
	}
	n, ds := j.data(ctx).Expand(n)
	if ds.Err() != nil {
		return 0, ds
	}
	return playbook.Duration(n)
}

// judge applies changed_when and failed_when to what an action came to. They
// have no say over the gate, over an interruption, nor over a mistake in the
// playbook.
func (j *job) judge(ctx context.Context, o outcome) outcome {
	if o.err != nil && errors.Is(context.Cause(ctx), errTimeout) && !errors.Is(o.err, errTimeout) {
		o.err = fmt.Errorf("%w: %w", context.Cause(ctx), o.err)
	}
	o.invalid = o.err != nil && j.mistake.Load()
	o.value = valueOf(o.result, o.err)
	if o.invalid || outcomeOf(o.err) == event.Refused || errors.Is(ctx.Err(), context.Canceled) || o.result.Skipped {
		return o
	}
	if len(j.task.ChangedWhen)+len(j.task.FailedWhen) > 0 {
		o = j.overrule(j.after(ctx, o.value), o)
	}
	return o
}

// overrule has changed_when and failed_when say how an action came out.
func (j *job) overrule(data vars.Data, o outcome) outcome {
	changed, err := holds(data, j.task.ChangedWhen)
	if err == nil && len(j.task.ChangedWhen) > 0 {
		o.result.Changed = changed
	}
	failed := false
	if err == nil {
		failed, err = holds(data, j.task.FailedWhen)
	}
	switch {
	case err != nil:
		o.invalid, o.err = j.wrong(err)
		return o
	case len(j.task.FailedWhen) == 0:
	case !failed:
		o.err = nil
	case o.err == nil:
		o.err = fmt.Errorf("the task counts as failed: %s", texts(j.task.FailedWhen))
	}
	o.value = valueOf(o.result, o.err)
	return o
}

// texts shows conditions as they are written.
func texts(conditions []document.Node) string {
	var all []string
	for _, c := range conditions {
		all = append(all, c.Text())
	}
	return strings.Join(all, ", and ")
}

// valueOf is what `register` keeps of a step: always the same fields, whatever
// became of it.
func valueOf(res Result, err error) map[string]any {
	value := map[string]any{"changed": res.Changed, "skipped": res.Skipped, "failed": err != nil, "digest": res.Digest, "msg": res.Detail}
	maps.Copy(value, res.Values)
	if err != nil {
		value["msg"] = err.Error()
	}
	return value
}
