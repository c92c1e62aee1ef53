package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/graph"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
)

// A wave is a play on those of its images that go through it together: all of
// them, unless it says serial.
type wave struct {
	*program
	run      *run
	play     *plan.Play
	selected []*inventory.Image // of the whole play, those that left the run included
	courses  []*course          // in the order of the play
	lost     [][]string         // place → image → whose failure made it pass the place over; "" when none did
	byAction map[string]*graph.Pool
	byTask   map[*playbook.Task]*graph.Pool

	mu     sync.Mutex
	over   bool   // end_play was met
	failed int    // images that failed
	last   int    // places after this one are dropped: what ends the play happened here
	why    string // what did
}

func newWave(r *run, p *plan.Play, program *program, selected, images []*inventory.Image) *wave {
	w := &wave{
		program: program, run: r, play: p, selected: selected, last: len(program.places),
		lost: make([][]string, len(program.places)), byAction: map[string]*graph.Pool{}, byTask: map[*playbook.Task]*graph.Pool{},
	}
	index := make(map[string]int, len(images))
	for i, image := range images {
		index[image.Name] = i
		w.courses = append(w.courses, &course{image: image, index: i, end: len(program.places)})
	}
	for _, c := range w.courses {
		for _, parent := range r.plan.Family.Graph.Deps(c.image.Name) {
			if i, ok := index[parent]; ok {
				c.parents = append(c.parents, i)
			}
		}
	}
	for i := range w.lost {
		w.lost[i] = make([]string, len(images))
	}
	for action, size := range p.Written.Throttle {
		w.byAction[action] = &graph.Pool{Size: size}
	}
	return w
}

// begin tells of the wave and puts its images at the place where it starts.
func (w *wave) begin(number, of, start int) {
	e := event.PlayStarted{Play: w.play.Index, Name: w.play.Name, Wave: number, Waves: of}
	for _, c := range w.courses {
		e.Images = append(e.Images, c.image.Name)
		w.run.count(c.image.Name)
		c.skip(w.program, start)
	}
	for _, at := range w.tasks {
		here := w.places[at]
		e.Tasks = append(e.Tasks, event.Task{Name: w.title(here.task), Handler: here.handler, Pos: here.task.Pos})
	}
	w.run.engine.Events.Emit(e)
}

// title is the name of a task as all images see it, or as it is written when
// they do not see the same.
func (w *wave) title(t *playbook.Task) string {
	if !strings.Contains(t.Name, "{{") || len(w.courses) == 0 {
		return t.Title()
	}
	first := w.name(t, w.courses[0].image, plan.Seen{})
	for _, c := range w.courses[1:] {
		if w.name(t, c.image, plan.Seen{}) != first {
			return t.Title()
		}
	}
	return first
}

// name is the name of a task as one image sees it.
func (w *wave) name(t *playbook.Task, image *inventory.Image, seen plan.Seen) string {
	if !strings.Contains(t.Name, "{{") {
		return t.Title()
	}
	named := *t
	n, ds := w.play.Data(image, t, seen).Expand(t.Naming)
	if ds.Err() == nil {
		named.Name = n.Text()
	}
	return named.Title()
}

// carryOut carries the wave out, segment by segment.
func (w *wave) carryOut(ctx context.Context) error {
	for _, s := range w.segments() {
		err := w.confirm(ctx, s.places[0])
		if ctx.Err() != nil {
			return nil //nolint:nilerr // how the run ended is its verdict's to say
		}
		if err != nil {
			return err
		}
		if s.barrier {
			w.together(ctx, s.places[0])
			continue
		}
		w.walk(ctx, s.places)
	}
	return nil
}

// A segment is places that are walked together, or one at which all images of
// the wave wait for each other.
type segment struct {
	places  []int
	barrier bool
}

// segments cuts the program at every barrier, and everywhere in a linear play.
func (w *wave) segments() []segment {
	lockstep := w.play.Schedule == plan.Linear || w.run.engine.Confirm != nil
	var out []segment
	open := false
	for i, here := range w.places {
		if here.inside || here.kind > aLoop {
			continue
		}
		barrier := w.waits(here)
		if !barrier && open && !lockstep {
			last := &out[len(out)-1]
			last.places = append(last.places, i)
			continue
		}
		out = append(out, segment{places: []int{i}, barrier: barrier})
		open = !barrier
	}
	return out
}

// waits reports whether a place is dealt with once for all images.
func (w *wave) waits(here place) bool {
	switch here.kind {
	case aTask:
		_, joins := w.run.joint(here.task)
		return joins || here.task.RunOnce
	case aLoop:
		return here.task.RunOnce
	case aMeta:
		return here.task.Meta == playbook.EndPlay
	default:
		return false
	}
}

// confirm asks whether a task that an image is at is to be carried out.
func (w *wave) confirm(ctx context.Context, at int) error {
	ask := w.run.engine.Confirm
	here := w.places[at]
	if ask == nil || ctx.Err() != nil || w.run.unasked || here.kind == aMeta || !w.met(at) {
		return nil //nolint:nilerr // nobody is asked in a run that is over
	}
	answer, err := ask(ctx, w.title(here.task))
	if err != nil {
		return err
	}
	w.run.unasked = answer == Continue
	if answer == No {
		for _, c := range w.courses {
			if c.next == at {
				c.skip(w.program, w.after(at))
			}
		}
	}
	return nil
}

// after is the place that follows a task, or a looped block.
func (w *wave) after(at int) int {
	if w.places[at].kind == aLoop {
		return w.places[at].to
	}
	return at + 1
}

// met reports whether an image has something to do at a place.
func (w *wave) met(at int) bool {
	for _, c := range w.courses {
		if c.next == at && !c.over && w.wanted(at, c) {
			return true
		}
	}
	return false
}

// stop ends the play: what is at later places is not begun any more.
func (w *wave) stop(at int, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = min(w.last, w.lastOf(at))
	if w.why == "" {
		w.why = fmt.Sprintf(format, args...)
	}
}

// lastOf is the last place of what is finished before the play ends: of a
// looped block all of it, for its items come again.
func (w *wave) lastOf(at int) int {
	if !w.places[at].inside {
		return at
	}
	for w.places[at].kind != aLoop || w.places[at].inside {
		at--
	}
	return w.places[at].to - 1
}

// end ends the play well.
func (w *wave) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
}

// ended reports whether the play ended well before its last task.
func (w *wave) ended() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.over
}

// stopped reports whether the play ended before a place.
func (w *wave) stopped(at int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return at > w.last
}

// ends says why nothing follows the wave, "" when something may.
func (w *wave) ends() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.why == "" && len(w.play.Written.Serial) > 0 && w.lostAll() {
		return "every image of the wave failed"
	}
	return w.why
}

// lostAll reports whether no image of the wave is in the run any more.
func (w *wave) lostAll() bool {
	for _, c := range w.courses {
		if w.run.left(c.image.Name) == "" {
			return false
		}
	}
	return len(w.courses) > 0
}

// judge ends the play when the failure of an image at a place does.
func (w *wave) judge(at int, t *playbook.Task) {
	w.mu.Lock()
	w.failed++
	failed, limit := w.failed, w.play.Written.MaxFailPercentage
	w.mu.Unlock()
	fatal := w.play.Written.AnyErrorsFatal
	if t.AnyErrors != nil {
		fatal = *t.AnyErrors
	}
	switch {
	case fatal:
		w.stop(at, "%s failed, which ends the play", t.Title())
	case limit != nil && float64(failed)*100 > *limit*float64(len(w.courses)):
		w.stop(at, "%d of %d images failed, which is more than %g %%", failed, len(w.courses), *limit)
	}
}
