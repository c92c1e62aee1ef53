package engine

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
)

// step runs one task on one image and reports it. The error is the step's own
// and only says that what waits for it must not start.
func (r *run) step(ctx context.Context, p *plan.Play, task int, image *inventory.Image) error {
	begun := time.Now()
	step, log, skip, err := r.prepare(p, task, image)
	r.engine.Events.Emit(event.StepStarted{Step: step.ID})
	result := Result{Skipped: skip}
	if err == nil && !skip {
		result, err = r.engine.Actions[p.Leaves()[task].Action].Run(ctx, step)
	}
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	r.register(p.Leaves()[task].Register, image.Name, result, err)
	r.finish(ending(step.ID, result, err, time.Since(begun), log.close()), result.Groups)
	return err
}

// prepare makes a step: its condition decided, its templates expanded.
func (r *run) prepare(p *plan.Play, task int, image *inventory.Image) (step Step, log *stepLog, skip bool, err error) {
	t := p.Leaves()[task]
	id := event.Step{Play: p.Index, Task: task, Name: t.Name, Image: image.Name}
	log = &stepLog{step: id, open: r.engine.Logs, events: r.engine.Events}
	step = Step{ID: id, Image: image, Dir: t.Dir, Check: r.engine.Check, Log: log, Events: r.engine.Events}
	data := p.Data(image, t, plan.Seen{Registered: r.known(image.Name)})
	for _, condition := range t.When {
		holds, ds := data.True(condition)
		if err := ds.Err(); err != nil {
			return step, log, false, err
		}
		if !holds {
			return step, log, true, nil
		}
	}
	args, ds := data.Expand(t.Args)
	step.Args, step.Expand = args, data.Expand
	return step, log, false, ds.Err()
}

// known returns what earlier tasks registered for an image.
func (r *run) known(image string) map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.registered[image])
}

// register keeps the value of a step under a name, also of one that was
// skipped or failed.
func (r *run) register(name, image string, res Result, err error) {
	if name == "" {
		return
	}
	value := map[string]any{"changed": res.Changed, "skipped": res.Skipped, "failed": err != nil, "digest": res.Digest, "msg": res.Detail}
	if err != nil {
		value["msg"] = err.Error()
	}
	maps.Copy(value, res.Values)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.registered[image] == nil {
		r.registered[image] = map[string]any{}
	}
	r.registered[image][name] = value
}
