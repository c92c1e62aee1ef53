package plugintest

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Recording is what a build said. The zero Recording is ready; it may be sent
// to from several goroutines, and read when the build has ended.
type Recording struct {
	mu     sync.Mutex
	events []strategy.Event
}

var _ strategy.Events = (*Recording)(nil)

// Send records e.
func (r *Recording) Send(e strategy.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	return nil
}

// Events returns all events in their order.
func (r *Recording) Events() []strategy.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]strategy.Event(nil), r.events...)
}

// Completed returns the event that ended the build; the zero Completed when
// none did.
func (r *Recording) Completed() strategy.Completed {
	for _, e := range r.Events() {
		if c, ok := e.(strategy.Completed); ok {
			return c
		}
	}
	return strategy.Completed{}
}

// Log returns what a step printed, on both streams.
func (r *Recording) Log(step string) string {
	var b strings.Builder
	for _, e := range r.Events() {
		if l, ok := e.(strategy.Log); ok && l.Step == step {
			b.Write(l.Data)
		}
	}
	return b.String()
}

// Transcript returns the build as text, one line for each event and each line
// printed, for golden files. Progress is left out, because how much of it
// arrives depends on time; so is how output was cut into pieces.
func (r *Recording) Transcript() string {
	var b strings.Builder
	var printed []byte
	var from string
	flush := func() {
		for line := range strings.Lines(string(printed)) {
			fmt.Fprintf(&b, "%s| %s\n", from, strings.TrimRight(line, "\n"))
		}
		printed = nil
	}
	for _, e := range r.Events() {
		l, isLog := e.(strategy.Log)
		if !isLog || l.Step != from {
			flush()
		}
		if isLog {
			from, printed = l.Step, append(printed, l.Data...)
			continue
		}
		b.WriteString(sentence(e))
	}
	flush()
	return b.String()
}

// sentence is one line that tells of an event, or nothing.
func sentence(e strategy.Event) string {
	switch e := e.(type) {
	case strategy.StepStarted:
		return fmt.Sprintf("started %s: %s\n", e.ID, e.Title)
	case strategy.StepFinished:
		return strings.TrimRight(fmt.Sprintf("finished %s: %s %s", e.ID, e.Outcome, e.Detail), " ") + "\n"
	case strategy.Diagnostic:
		return e.Error() + "\n"
	case strategy.Artifact:
		return fmt.Sprintf("artifact %s: %s\n", e.Kind, e.Path)
	case strategy.Completed:
		var lines strings.Builder
		lines.WriteString("completed: " + e.Outcome.String() + "\n")
		for _, d := range e.Diagnostics {
			lines.WriteString(d.Error() + "\n")
		}
		return lines.String()
	}
	return ""
}

// wellFormed tells whether the events keep the rules of a build.
func (r *Recording) wellFormed() error {
	open, seen := map[string]bool{}, map[string]bool{}
	events := r.Events()
	for i, e := range events {
		switch e := e.(type) {
		case strategy.StepStarted:
			if seen[e.ID] {
				return fmt.Errorf("step %q was started twice; identifiers are unique within a build", e.ID)
			}
			open[e.ID], seen[e.ID] = true, true
		case strategy.StepFinished:
			if !open[e.ID] {
				return fmt.Errorf("step %q was finished and is not open", e.ID)
			}
			delete(open, e.ID)
		case strategy.Completed:
			if i != len(events)-1 {
				return fmt.Errorf("event %d of %d is Completed; it comes last", i+1, len(events))
			}
		}
	}
	for id := range open {
		return fmt.Errorf("step %q was never finished", id)
	}
	return nil
}

// succeeded tells whether the build is well formed and has an image.
func (r *Recording) succeeded() error {
	if err := r.wellFormed(); err != nil {
		return err
	}
	c := r.Completed()
	if c.Outcome == strategy.OK || c.Outcome == strategy.Cached {
		return nil
	}
	if len(c.Diagnostics) > 0 {
		return fmt.Errorf("the build completed as %s: %w", c.Outcome, c.Diagnostics)
	}
	return errors.New("the build completed as " + c.Outcome.String())
}
