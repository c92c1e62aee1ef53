package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/graph"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
)

// A walk is some tasks of a play over its images, in parallel.
type walk struct {
	run    *run
	play   *plan.Play
	tasks  []int
	images []*inventory.Image // in the family's order
}

// A place is a step of a walk: tasks and images by index, tasks first, so that
// of two steps that may start the one of the earlier task does.
type place int

func (w *walk) place(task, image int) place  { return place(task*len(w.images) + image) }
func (w *walk) at(p place) (task, image int) { return int(p) / len(w.images), int(p) % len(w.images) }

// walk runs tasks of a play on those of images that are still in it.
func (r *run) walk(ctx context.Context, p *plan.Play, tasks []int, images []*inventory.Image) {
	w := &walk{run: r, play: p, tasks: tasks, images: r.inOrder(r.settle(p, tasks[0], images))}
	g := w.graph()
	_, _ = g.Walk(ctx, r.engine.Forks, func(ctx context.Context, at place) error {
		task, image := w.at(at)
		err := r.step(ctx, p, tasks[task], w.images[image])
		if err != nil {
			w.block(task, w.images[image].Name)
		}
		return err
	})
}

// inOrder sorts images parents first.
func (r *run) inOrder(images []*inventory.Image) []*inventory.Image {
	rank := make(map[string]int, len(r.plan.Family.Order))
	for i, name := range r.plan.Family.Order {
		rank[name] = i
	}
	out := slices.Clone(images)
	slices.SortFunc(out, func(a, b *inventory.Image) int { return rank[a.Name] - rank[b.Name] })
	return out
}

// graph says what each step waits for.
func (w *walk) graph() *graph.Graph[place] {
	index := make(map[string]int, len(w.images))
	for i, image := range w.images {
		index[image.Name] = i
	}
	g := new(graph.Graph[place])
	for t := range w.tasks {
		for i, image := range w.images {
			g.Add(w.place(t, i))
			if t > 0 {
				g.Add(w.place(t, i), w.place(t-1, i))
			}
			if w.play.Schedule == plan.Free {
				continue
			}
			for _, parent := range w.run.plan.Family.Graph.Deps(image.Name) {
				if j, ok := index[parent]; ok {
					g.Add(w.place(t, i), w.place(t, j))
				}
			}
		}
	}
	return g
}

// block tells of the images that wait for the failed one: they are out of the
// run at the same task.
func (w *walk) block(task int, failed string) {
	if w.play.Schedule == plan.Free {
		return
	}
	for _, image := range w.blockedBy(failed) {
		w.run.blocked(w.play, w.tasks[task], image, failed)
	}
}

// blockedBy returns the images of the walk that descend from the named one
// through images of the walk.
func (w *walk) blockedBy(failed string) []*inventory.Image {
	var out []*inventory.Image
	hit := map[string]bool{failed: true}
	for _, image := range w.images {
		for _, parent := range w.run.plan.Family.Graph.Deps(image.Name) {
			if hit[parent] && !hit[image.Name] {
				hit[image.Name] = true
				out = append(out, image)
			}
		}
	}
	return out
}

// blocked takes an image out of the run, unless it is out already.
func (r *run) blocked(p *plan.Play, task int, image *inventory.Image, cause string) {
	r.mu.Lock()
	already := r.out[image.Name]
	r.out[image.Name] = true
	r.mu.Unlock()
	if already {
		return
	}
	r.finish(event.StepFinished{
		Step:    event.Step{Play: p.Index, Task: task, Name: p.Leaves()[task].Name, Image: image.Name},
		Outcome: event.Blocked, Result: event.Result{Cause: cause},
	}, nil)
}

// settle blocks, at the given task, the images that stand on one that has left
// the run, and returns those that are still in it.
func (r *run) settle(p *plan.Play, task int, images []*inventory.Image) []*inventory.Image {
	if p.Schedule == plan.Free {
		return r.alive(images)
	}
	for _, image := range r.inOrder(r.alive(images)) {
		for _, parent := range r.plan.Family.Graph.Deps(image.Name) {
			if r.isOut(parent) {
				r.blocked(p, task, image, parent)
			}
		}
	}
	return r.alive(images)
}

func (r *run) isOut(image string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out[image]
}

// together runs a joint task once for all images of a play that are still in
// the run.
func (r *run) together(ctx context.Context, p *plan.Play, task int, images []*inventory.Image) {
	action, _ := r.engine.Actions[p.Leaves()[task].Action].(Joint)
	register := p.Leaves()[task].Register
	var steps []Step
	var logs []*stepLog
	for _, image := range r.inOrder(r.settle(p, task, images)) {
		step, log, skip, err := r.prepare(p, task, image)
		r.engine.Events.Emit(event.StepStarted{Step: step.ID})
		if skip || err != nil {
			r.register(register, image.Name, Result{Skipped: skip}, err)
			r.finish(ending(step.ID, Result{Skipped: skip}, err, 0, ""), nil)
			continue
		}
		steps, logs = append(steps, step), append(logs, log)
	}
	if len(steps) == 0 {
		return
	}
	begun := time.Now()
	ends := action.RunTogether(ctx, steps, r.lost(images))
	for i, step := range steps {
		end := Ending{Err: errNoEnding}
		if i < len(ends) {
			end = ends[i]
		}
		r.register(register, step.Image.Name, end.Result, end.Err)
		r.finish(ending(step.ID, end.Result, end.Err, time.Since(begun), logs[i].close()), end.Result.Groups)
	}
}

// errNoEnding is how a step ends that a joint action forgot.
var errNoEnding = errors.New("the action did not say how this ended")

// lost names the images of a play that have left the run, in this play or before.
func (r *run) lost(images []*inventory.Image) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, image := range images {
		if r.out[image.Name] {
			out = append(out, image.Name)
		}
	}
	return out
}
