package smoke

import (
	"errors"
	"testing"

	"github.com/slipway-build/slipway/core/smoke/world"
)

// Two sources must agree: what the wrapped steps answered, and what godog says
// it saw. No forged or lost entry makes a pass.
func TestMergeTrustsNeitherAlone(t *testing.T) {
	whole := func(steps ...entry) []entry {
		return append(append([]entry{{Event: "scenario"}}, steps...), entry{Event: "end"})
	}
	pass := entry{Event: "step", Text: "a", Status: Passed}
	fail := entry{Event: "step", Text: "a", Status: Failed, Error: "e"}
	tests := []struct {
		name     string
		outcomes []outcome
		entries  []entry
		code     int
		err      error
		status   Status
		text     string
	}{
		{"agreed pass", []outcome{{}}, whole(pass), 0, nil, Passed, ""},
		{"agreed failure", []outcome{{err: world.Mismatchf("m")}}, whole(fail), 1, nil, Failed, "m"},
		{"code against pass", []outcome{{}}, whole(pass), 1, nil, Errored, "every step passed, but godog returned 1"},
		{"pass that did not run", nil, whole(pass), 0, nil, Errored, "godog reports a pass of a step that did not run"},
		{"pass of an error", []outcome{{err: errors.New("e")}}, whole(pass), 0, nil, Errored, "godog reports a pass of a step that answered: e"},
		{"failure of a pass", []outcome{{}}, whole(fail), 1, nil, Errored, "e"},
		{"lost step", []outcome{{}}, whole(), 0, nil, Errored, "godog does not report the step, which answered: <nil>"},
		{"other step", []outcome{{}}, whole(entry{Event: "step", Text: "b", Status: Passed}), 0, nil, Errored, `godog ran "b" in its place`},
		{"no end", []outcome{{}}, []entry{{Event: "scenario"}, pass}, 0, nil, Errored, "godog did not run the scenario to its end"},
		{"two scenarios", []outcome{{}}, append([]entry{{Event: "scenario"}}, whole(pass)...), 0, nil, Errored, "godog did not run the scenario to its end"},
		{"too many steps", []outcome{{}, {}}, whole(pass, pass), 0, nil, Errored, "2 of 1 steps were run"},
		{"unreadable journal", []outcome{{}}, whole(pass), 0, errors.New("bad"), Errored, "reading what godog reported: bad"},
		{"nothing at all", nil, nil, 0, nil, Errored, "godog did not run the scenario to its end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := ScenarioRecord{Status: NotRun, Steps: []StepRecord{{Text: "a", Status: NotRun}}}
			r.merge(tt.outcomes, tt.entries, tt.code, tt.err)
			_, text := r.Failure()
			if text == "" {
				text = r.Error
			}
			if r.Status != tt.status || text != tt.text {
				t.Errorf("%s: %q, want %s: %q", r.Status, text, tt.status, tt.text)
			}
		})
	}
}
