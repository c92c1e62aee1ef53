package runs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// allSteps stands for every step that was interrupted.
const allSteps = "all"

// settle decides what becomes of steps that were under way when the run was
// killed, and of which nobody can look up whether they were done: the user says
// so of each. Those that nothing is said of are mistakes, all told at once.
func (e *earlier) settle(o ResumeRequest) error {
	open := e.past.Open()
	if err := known(open, slices.Concat(o.Repeat, o.AssumeDone)); err != nil {
		return err
	}
	var found diag.List
	for _, u := range open {
		repeat, done := says(o.Repeat, u), says(o.AssumeDone, u)
		switch {
		case repeat && done:
			return &app.UsageError{Err: fmt.Errorf("%s is named by both --repeat and --assume-done", stepName(u)), Command: "slipway resume"}
		case done:
			e.past.Assume(u)
		case !repeat:
			found.Add(e.unsettled(u))
		}
	}
	return found.Err()
}

// unsettled asks the user about a step.
func (e *earlier) unsettled(u engine.Undertaking) diag.Diagnostic {
	return diag.Errorf("interrupted", u.Pos, "%s was under way when the run broke off, and nobody can tell whether it was done", stepName(u)).
		WithDetail("What it printed is in %s.", e.journal.LogPath(u.Step.Image, u.Step.Name)).
		WithFix("look, and then say which: slipway resume %s --repeat %[2]s, or --assume-done %[2]s", e.journal.ID(), quoted(stepName(u)))
}

// stepName is what a step is called on the command line.
func stepName(u engine.Undertaking) string {
	name := u.Step.Image + ":" + u.Step.Name
	if u.Label != "" {
		name += ":" + u.Label
	}
	return name
}

// quoted is a word as a shell takes it.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// says reports whether one of the names means a step: its own, that of its task
// on the image, or on all of them.
func says(names []string, u engine.Undertaking) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.Contains([]string{allSteps, u.Step.Name, u.Step.Image + ":" + u.Step.Name, stepName(u)}, name)
	})
}

// known refuses names that mean no step that was interrupted.
func known(open []engine.Undertaking, names []string) error {
	var errs []error
	for _, name := range names {
		if name == allSteps || slices.ContainsFunc(open, func(u engine.Undertaking) bool { return says([]string{name}, u) }) {
			continue
		}
		errs = append(errs, fmt.Errorf("no step that was interrupted is called %q; %s", name, listed(open)))
	}
	if len(errs) == 0 {
		return nil
	}
	return &app.UsageError{Err: errors.Join(errs...), Command: "slipway resume"}
}

// listed names the steps that were interrupted.
func listed(open []engine.Undertaking) string {
	if len(open) == 0 {
		return "there is none"
	}
	var names []string
	for _, u := range open {
		names = append(names, stepName(u))
	}
	return "there are " + strings.Join(names, ", ")
}
