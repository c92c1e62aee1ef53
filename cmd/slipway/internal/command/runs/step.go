package runs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/report"
)

// A Step is one finished step of a run, as `slipway runs RUN` answers.
type Step struct {
	Image   string  `json:"image"`
	Task    string  `json:"task"`
	Item    string  `json:"item,omitempty"` // of a loop around it
	Outcome string  `json:"outcome"`        // "ok", "changed", "skipped", "failed", "refused", "unreachable", "blocked"
	Verb    string  `json:"verb,omitempty"`
	Digest  string  `json:"digest,omitempty"`
	Detail  string  `json:"detail,omitempty"`
	Error   string  `json:"error,omitempty"`
	Seconds float64 `json:"seconds"`
}

// stepsOf returns the steps of a run in the order in which they were finished.
func stepsOf(l *ledger.Ledger, id string) ([]Step, error) {
	entries, err := l.Read(id)
	if err != nil {
		return nil, err
	}
	steps := []Step{}
	for _, e := range entries {
		if e.StepFinished == nil {
			continue
		}
		s := Step{Image: e.StepFinished.Image, Task: e.StepFinished.Task, Item: e.StepFinished.Item}
		if err := json.Unmarshal(e.StepFinished.Result, &s); err != nil {
			return nil, fmt.Errorf("reading run %s: %w", id, err)
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// String is the step in a line, with the first one of what went wrong.
func (s Step) String() string {
	task := s.Task
	if s.Item != "" {
		task += " (" + s.Item + ")"
	}
	said, _, _ := strings.Cut(cmp.Or(s.Error, s.Detail), "\n")
	took := report.Duration(time.Duration(s.Seconds * float64(time.Second)))
	parts := []string{fmt.Sprintf("  %-11s  %-20s  %-24s  %10s", s.Outcome, s.Image, task, took), s.Verb, report.ShortDigest(s.Digest), said}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "  ")
}
