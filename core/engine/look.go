package engine

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
)

// Facts finds out what images are, for the templates that ask.
type Facts interface {
	// Facts returns what is known of an image: at least the facts that are
	// named. With check set, nothing is known of one that would first have to be
	// made. An [UnreachableError] says that a registry did not answer.
	Facts(ctx context.Context, image *inventory.Image, names []string, check bool) (map[string]any, error)
}

// A look is one look at an image: whatever templates ask while it lasts, they
// are told of the same state. That it failed is a failure of the step, unlike a
// template that makes no sense.
type look struct {
	ask func(names []string) (map[string]any, error)

	mu    sync.Mutex
	facts map[string]any
	err   error
}

// see returns facts, of which those that are not known yet are asked for.
func (l *look) see(names []string) (map[string]any, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	missing := slices.DeleteFunc(slices.Clone(names), func(name string) bool { _, known := l.facts[name]; return known })
	if len(missing) == 0 {
		return l.facts, nil
	}
	more, err := l.ask(missing)
	if l.err = err; err != nil {
		return nil, err
	}
	all := maps.Clone(more)
	maps.Copy(all, l.facts)
	l.facts = all
	return all, nil
}

// failure is why the look failed.
func (l *look) failure() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// look begins a look at the image of a job. What is seen before the action is
// told, so that it can be remembered.
func (j *job) look(ctx context.Context, before bool) *look {
	e := j.wave.run.engine
	if e.Facts == nil {
		return nil
	}
	l := new(look)
	l.ask = func(names []string) (map[string]any, error) {
		facts, err := e.Facts.Facts(ctx, j.course.image, names, chosen(j.task.CheckMode, e.Check))
		if err == nil && before && j.names == nil && !j.task.NoLog {
			all := maps.Clone(facts)
			maps.Copy(all, l.facts)
			e.Events.Emit(event.FactsRead{Step: j.id, Facts: all})
		}
		return facts, err
	}
	if before && j.recalls {
		l.facts = e.Past.facts[momentOf(j.id, 0)]
	}
	return l
}

// wrong tells a mistake of the playbook from a look that failed: the first
// nobody may ignore, the second may be tried again.
func (j *job) wrong(err error) (invalid bool, why error) {
	if failed := j.latest.failure(); err != nil && failed != nil {
		return false, failed
	}
	return err != nil, err
}
