// Package world is what one scenario sees and touches: the image under test,
// the containers it starts, the deployment, and what the last command or
// request answered.
//
// A [World] lives as long as one scenario and is never shared, so steps keep
// their state in it without locks and no scenario can lean on another. What a
// scenario opens it pushes on the world's cleanup stack; the runner empties
// the stack after the scenario, whatever became of it, because the hooks of a
// Gherkin library run too early (at the failing step) and may not fail.
//
// The runtime and the deployment are interfaces declared here, where they are
// used: this package knows neither buildah nor a network.
//
// A check that looked and found otherwise answers a [Mismatch]. Every other
// error says that the check could not be performed, and is never a pass nor a
// plain failure. So an unforeseen error is on the safe side by default.
package world

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Parts are what a world is made of. The zero Runtime and Deployment mean
// that there is none; steps that need one then answer an error that says so.
type Parts struct {
	Subject    *Subject
	Runtime    Runtime
	Deployment Deployment
	Expand     func(string) (string, error) // expands templates in arguments; nil: arguments are taken as written
	Poll       time.Duration                // between two looks of a waiting step; default 100 ms
}

// A World is the state of one scenario. Only OnCleanup, Cleanup and Used may
// be called while a step is running: the runner leaves a step behind that does
// not heed its context.
type World struct {
	parts       Parts
	used        atomic.Bool
	containers  map[string]Container
	result      *Result
	exchange    *Exchange
	credentials *Credentials
	remembered  map[string]string
	attachments []Attachment

	mu       sync.Mutex
	cleanups []cleanup
	closed   bool
}

type cleanup struct {
	name string
	run  func(context.Context) error
}

// Credentials are a user name and a password for HTTP basic authentication.
type Credentials struct{ User, Password string }

// New returns a world made of parts.
func New(parts Parts) *World {
	if parts.Poll <= 0 {
		parts.Poll = 100 * time.Millisecond
	}
	return &World{parts: parts, containers: map[string]Container{}, remembered: map[string]string{}}
}

// Subject returns the image under test and remembers that the scenario used
// it.
func (w *World) Subject() *Subject {
	w.used.Store(true)
	return w.parts.Subject
}

// Used reports whether the scenario touched the image under test: its
// metadata, its files, a container made from it, or a service that runs it.
func (w *World) Used() bool { return w.used.Load() }

// Expand returns text with its templates expanded, the names remembered by the
// scenario first.
func (w *World) Expand(text string) (string, error) {
	text = w.recall(text)
	if w.parts.Expand == nil {
		return text, nil
	}
	return w.parts.Expand(text)
}

// OnCleanup pushes run on the stack of what is done when the scenario is over.
// The name, "container web", is for the error message. When the scenario is
// over already, because the step was left behind, run runs at once.
func (w *World) OnCleanup(ctx context.Context, name string, run func(context.Context) error) error {
	c := cleanup{name: name, run: run}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errors.Join(errors.New("the scenario is over"), c.contained(context.WithoutCancel(ctx)))
	}
	w.cleanups = append(w.cleanups, c)
	return nil
}

// Cleanup empties the cleanup stack, last pushed first, and answers all that
// went wrong. One cleanup that fails or panics does not keep the others from
// running.
func (w *World) Cleanup(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	var errs []error
	for _, c := range slices.Backward(w.cleanups) {
		if err := c.contained(ctx); err != nil {
			errs = append(errs, fmt.Errorf("cleaning up %s: %w", c.name, err))
		}
	}
	w.cleanups = nil
	return errors.Join(errs...)
}

func (c cleanup) contained(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return c.run(ctx)
}
