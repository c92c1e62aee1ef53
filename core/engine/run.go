package engine

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
)

// A run is one [Engine.Run] under way. Steps of many images touch it at once.
type run struct {
	engine  *Engine
	plan    *plan.Plan
	stop    context.CancelCauseFunc
	unasked bool               // the user asked to be asked no more
	once    map[onceKey]common // what came of tasks that are done once
	remakes atomic.Bool        // something is made again that was made before the run was resumed

	mu      sync.Mutex
	counts  map[string]*event.Count
	out     map[string]string   // images that left the run → the image that failed first
	known   map[string]*memory  // by image
	groups  map[string][]string // computed group → images, sorted; never changed in place
	pending map[notice]bool     // handlers that are to run
	unwell  map[string]bool     // images of which something is amiss
	fresh   map[string]bool     // images whose past does not count any more
	trouble RunError
}

// memory is what the steps of one image leave to later ones. The maps are never
// changed in place.
type memory struct{ registered, set map[string]any }

// A notice is a handler that is to run for an image.
type notice struct {
	image   string
	play    int
	handler string
}

func newRun(e *Engine, p *plan.Plan, stop context.CancelCauseFunc) *run {
	r := &run{
		engine: e, plan: p, stop: stop,
		counts: map[string]*event.Count{}, out: map[string]string{}, known: map[string]*memory{},
		groups: map[string][]string{}, pending: map[notice]bool{}, unwell: map[string]bool{}, fresh: map[string]bool{}, once: map[onceKey]common{},
	}
	for name, images := range p.Groups {
		r.groups[name] = slices.Sorted(slices.Values(images))
	}
	return r
}

// choose returns the images of a play, those that have left the run included:
// what concerns all of a play must know whom it lacks.
func (r *run) choose(p *plan.Play) ([]*inventory.Image, error) {
	r.mu.Lock()
	groups := maps.Clone(r.groups)
	r.mu.Unlock()
	images, ds := p.Select(groups)
	if err := ds.Err(); err != nil {
		return nil, err
	}
	return images, nil
}

// alive returns those of images that have not left the run.
func (r *run) alive(images []*inventory.Image) []*inventory.Image {
	return slices.DeleteFunc(slices.Clone(images), func(image *inventory.Image) bool { return r.left(image.Name) != "" })
}

// left returns the image whose failure took an image out of the run, its own or
// one it is made from; "" for one that is still in it.
func (r *run) left(image string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out[image]
}

// lose takes an image out of the run, and reports whether it was still in it.
func (r *run) lose(image, blame string, o event.Outcome) bool {
	r.remember(o, image)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.out[image] != "" {
		return false
	}
	r.out[image] = blame
	r.join(image, []string{"failed"})
	switch o {
	case event.Unreachable:
		r.trouble.Unreachable = true
	case event.Failed:
		r.trouble.Failed = true
	default: // the gate's no is remembered already; a block is no worse than what blocked
	}
	return true
}

// remember keeps that something is amiss with an image. What the gate refused
// stays refused, whatever a rescue makes of it.
func (r *run) remember(o event.Outcome, image string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o == event.Refused {
		r.trouble.Refused = true
		r.unwell[image] = true
	}
}

func (r *run) count(image string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts[image] == nil {
		r.counts[image] = &event.Count{Image: image}
	}
}

// finish counts a step and tells of it.
func (r *run) finish(e event.StepFinished) {
	r.tally(e)
	r.engine.Events.Emit(e)
}

func (r *run) tally(e event.StepFinished) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[e.Step.Image].Add(e)
}

// keep keeps what a step leaves to those after it.
func (r *run) keep(id event.Step, k event.Kept) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.known[id.Image]
	if m == nil {
		m = new(memory)
		r.known[id.Image] = m
	}
	if k.Register != "" {
		m.registered = with(m.registered, map[string]any{k.Register: k.Value})
	}
	m.set = with(m.set, k.Vars)
	r.join(id.Image, k.Groups)
	for _, handler := range k.Notified {
		r.pending[notice{id.Image, id.Play, handler}] = true
	}
}

// with returns a copy of some values with others in it.
func with(old, more map[string]any) map[string]any {
	if len(more) == 0 {
		return old
	}
	all := make(map[string]any, len(old)+len(more))
	maps.Copy(all, old)
	maps.Copy(all, more)
	return all
}

// join adds an image to computed groups.
func (r *run) join(image string, groups []string) {
	for _, name := range groups {
		if i, in := slices.BinarySearch(r.groups[name], image); !in {
			r.groups[name] = slices.Insert(slices.Clone(r.groups[name]), i, image)
		}
	}
}

// seen is what earlier steps left to an image.
func (r *run) seen(image string) plan.Seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := plan.Seen{Groups: maps.Clone(r.groups)}
	if m := r.known[image]; m != nil {
		s.Registered, s.Set = m.registered, m.set
	}
	return s
}

// notified reports whether a handler is to run for an image.
func (r *run) notified(image string, play int, handler string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pending[notice{image, play, handler}]
}

// done says that a handler has run for an image.
func (r *run) done(image string, play int, handler string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pending, notice{image, play, handler})
}

// startFresh has an image's past count no more.
func (r *run) startFresh(image string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fresh[image] = true
}

func (r *run) isFresh(image string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fresh[image]
}

// joint returns the action of a task that is done once for all images.
func (r *run) joint(t *playbook.Task) (Joint, bool) {
	action, ok := r.engine.Actions[t.Action].(Joint)
	return action, ok && action.Joins(t.Args)
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
	for image := range r.out {
		r.unwell[image] = true
	}
	trouble := r.trouble
	trouble.Interrupted, trouble.Images = interrupted, len(r.unwell)
	if trouble == (RunError{}) {
		return nil
	}
	return &trouble
}
