package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
)

// A run is one [Engine.Run] under way. Steps of many images touch it at once.
type run struct {
	engine *Engine
	plan   *plan.Plan
	stop   context.CancelCauseFunc

	mu         sync.Mutex
	counts     map[string]*event.Count
	out        map[string]bool                // images that left the run
	registered map[string]map[string]any      // image → name → value
	groups     map[string]map[string]struct{} // computed group → images
	trouble    RunError
}

func newRun(e *Engine, p *plan.Plan, stop context.CancelCauseFunc) *run {
	r := &run{
		engine: e, plan: p, stop: stop,
		counts: map[string]*event.Count{}, out: map[string]bool{},
		registered: map[string]map[string]any{}, groups: map[string]map[string]struct{}{},
	}
	for name, images := range p.Groups {
		r.groups[name] = map[string]struct{}{}
		for _, image := range images {
			r.groups[name][image] = struct{}{}
		}
	}
	return r
}

// choose returns the images of a play, those that have left the run included:
// what concerns all of a play must know whom it lacks.
func (r *run) choose(p *plan.Play) ([]*inventory.Image, error) {
	images, ds := p.Select(r.computed())
	if err := ds.Err(); err != nil {
		return nil, err
	}
	return images, nil
}

func (r *run) computed() map[string][]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	groups := make(map[string][]string, len(r.groups))
	for name, images := range r.groups {
		groups[name] = slices.Sorted(maps.Keys(images))
	}
	return groups
}

// alive returns those of images that have not left the run.
func (r *run) alive(images []*inventory.Image) []*inventory.Image {
	r.mu.Lock()
	defer r.mu.Unlock()
	var in []*inventory.Image
	for _, image := range images {
		if !r.out[image.Name] {
			in = append(in, image)
		}
	}
	return in
}

func (r *run) begin(p *plan.Play, images []*inventory.Image) {
	e := event.PlayStarted{Play: p.Index, Name: p.Name}
	for _, image := range images {
		e.Images = append(e.Images, image.Name)
		r.count(image.Name)
	}
	for _, t := range p.Leaves() {
		e.Tasks = append(e.Tasks, t.Name)
	}
	r.engine.Events.Emit(e)
}

func (r *run) count(image string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts[image] == nil {
		r.counts[image] = &event.Count{Image: image}
	}
}

// finish counts a step, keeps what it registered and tells of it.
func (r *run) finish(e event.StepFinished, groups []string) {
	r.mu.Lock()
	r.counts[e.Step.Image].Add(e.Outcome, e.Result)
	if !e.Outcome.Good() {
		r.out[e.Step.Image] = true
		r.trouble.add(e.Outcome)
		groups = append(slices.Clone(groups), "failed")
	}
	for _, g := range groups {
		if r.groups[g] == nil {
			r.groups[g] = map[string]struct{}{}
		}
		r.groups[g][e.Step.Image] = struct{}{}
	}
	r.mu.Unlock()
	r.engine.Events.Emit(e)
	if !e.Outcome.Good() && r.engine.FailFast {
		r.stop(errFailFast)
	}
}

func (e *RunError) add(o event.Outcome) {
	e.Images++
	switch o {
	case event.Refused:
		e.Refused = true
	case event.Unreachable:
		e.Unreachable = true
	case event.Blocked: // no worse than what blocked it, which counts for itself
	default:
		e.Failed = true
	}
}

func (r *run) recap() []event.Count {
	r.mu.Lock()
	defer r.mu.Unlock()
	var recap []event.Count
	for _, name := range slices.Sorted(maps.Keys(r.counts)) {
		recap = append(recap, *r.counts[name])
	}
	return recap
}

// verdict is the run as an error.
func (r *run) verdict(interrupted bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trouble.Interrupted = interrupted
	if r.trouble == (RunError{}) {
		return nil
	}
	trouble := r.trouble
	return &trouble
}

// ending turns what an action returned into how its step is reported.
func ending(id event.Step, res Result, err error, took time.Duration, log string) event.StepFinished {
	e := event.StepFinished{Step: id, Took: took, Outcome: event.OK, Result: event.Result{
		Verb: res.Verb, Digest: res.Digest, Detail: res.Detail, Promoted: res.Promoted, Held: res.Held, Diff: res.Diff,
	}}
	switch {
	case err != nil:
		e.Outcome, e.Result.Err, e.Result.Log = outcomeOf(err), err, log
		e.Result.Held = e.Outcome == event.Refused
	case res.Skipped:
		e.Outcome = event.Skipped
	case res.Changed:
		e.Outcome = event.Changed
	}
	return e
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
