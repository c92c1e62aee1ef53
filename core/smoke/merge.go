package smoke

import (
	"errors"
	"fmt"

	"github.com/slipway-build/slipway/core/smoke/world"
)

// merge makes the record of what the wrapped steps came to, and believes it
// only where godog's journal and return code say the same.
func (r *ScenarioRecord) merge(outcomes []outcome, entries []entry, code int, err error) {
	seen, complete := stepEntries(entries)
	for i := range r.Steps {
		r.Steps[i].settle(outcomes, seen, i)
	}
	r.Status = overall(r.Steps)
	switch {
	case err != nil:
		r.fault(fmt.Sprintf("reading what godog reported: %v", err))
	case !complete:
		r.fault("godog did not run the scenario to its end")
	case len(outcomes) > len(r.Steps) || r.Status == Passed && len(seen) != len(r.Steps):
		r.fault(fmt.Sprintf("%d of %d steps were run", len(seen), len(r.Steps)))
	case r.Status == Passed && code != 0:
		r.fault(fmt.Sprintf("every step passed, but godog returned %d", code))
	case r.Status == Failed && code == 0:
		r.fault("a step failed, but godog returned 0")
	}
}

// stepEntries returns the journal's steps, and whether it tells of exactly one
// scenario and of the end.
func stepEntries(entries []entry) (steps []entry, complete bool) {
	scenarios, ended := 0, false
	for _, e := range entries {
		switch e.Event {
		case "scenario":
			scenarios++
		case "step":
			steps = append(steps, e)
		case "end":
			ended = true
		}
	}
	return steps, scenarios == 1 && ended
}

// settle decides step i.
func (s *StepRecord) settle(outcomes []outcome, seen []entry, i int) {
	if i >= len(seen) {
		if i < len(outcomes) {
			s.Status, s.Error = Errored, fmt.Sprintf("godog does not report the step, which answered: %v", outcomes[i].err)
		}
		return
	}
	s.Status, s.Error = seen[i].Status, seen[i].Error
	if seen[i].Text != s.Text {
		s.Status, s.Error = Errored, fmt.Sprintf("godog ran %q in its place", seen[i].Text)
		return
	}
	if i >= len(outcomes) {
		if s.Status == Passed {
			s.Status, s.Error = Errored, "godog reports a pass of a step that did not run"
		}
		return
	}
	s.Duration = outcomes[i].duration
	err := outcomes[i].err
	switch {
	case err == nil && s.Status == Failed:
		s.Status = Errored
	case err != nil && s.Status == Passed:
		s.Status, s.Error = Errored, fmt.Sprintf("godog reports a pass of a step that answered: %v", err)
	case err != nil:
		s.Error = err.Error()
		if s.Status == Failed {
			s.Status = statusOf(err)
		}
	}
}

// statusOf tells a check that found otherwise from one that could not look.
// Everything that is not known to be the former is the latter.
func statusOf(err error) Status {
	if _, ok := errors.AsType[world.Mismatch](err); ok {
		return Failed
	}
	if _, ok := errors.AsType[timeoutError](err); ok {
		return Failed
	}
	if _, ok := errors.AsType[panicError](err); ok {
		return Failed
	}
	return Errored
}

// overall is the status of the first step that has not passed: those after it
// are its consequence. A scenario without steps is undefined.
func overall(steps []StepRecord) Status {
	if len(steps) == 0 {
		return Undefined
	}
	for _, s := range steps {
		if s.Status != Passed {
			return s.Status
		}
	}
	return Passed
}

// fault records trouble that is no step's: a scenario that had passed has not.
func (r *ScenarioRecord) fault(text string) {
	if r.Error != "" {
		text = r.Error + "\n" + text
	}
	r.Error = text
	if r.Status == Passed || r.Status == NotRun {
		r.Status = Errored
	}
}
