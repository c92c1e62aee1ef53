package smoke

import (
	"encoding/json"
	"io"
	"sync"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"
)

// journalFormat is the name under which godog knows the journal.
const journalFormat = "slipway-journal"

// registerJournal makes the journal known to godog, once in the life of the
// process and before the first run. godog finds formatters only by name in a
// list of its own that has no lock and forgets nothing. The journal keeps no
// state: each run reads its entries from the writer it gave to godog.
var registerJournal = sync.OnceFunc(func() {
	godog.Format(journalFormat, "what each step came to, as JSON lines", newJournal)
})

// An entry is one event of a godog run.
type entry struct {
	Event  string // "scenario", "step" or "end"
	Text   string
	Status Status `json:",omitempty"`
	Error  string `json:",omitempty"`
}

// A journal writes what a godog formatter is told.
type journal struct{ encoder *json.Encoder }

func newJournal(_ string, out io.Writer) godog.Formatter {
	return journal{encoder: json.NewEncoder(out)}
}

// write cannot fail: the writer is memory. An entry that is missing is noticed
// by whoever counts them.
func (j journal) write(e entry) { _ = j.encoder.Encode(e) }

func (j journal) step(step *godog.Step, status Status, err error) {
	e := entry{Event: "step", Text: step.Text, Status: status}
	if err != nil {
		e.Error = err.Error()
	}
	j.write(e)
}

// TestRunStarted is of no interest.
func (j journal) TestRunStarted() {}

// Feature is of no interest.
func (j journal) Feature(*messages.GherkinDocument, string, []byte) {}

// Pickle notes that a scenario begins.
func (j journal) Pickle(p *godog.Scenario) { j.write(entry{Event: "scenario", Text: p.Name}) }

// Defined is of no interest: it says nothing about the outcome.
func (j journal) Defined(*godog.Scenario, *godog.Step, *godog.StepDefinition) {}

// Failed notes a step that answered an error.
func (j journal) Failed(_ *godog.Scenario, s *godog.Step, _ *godog.StepDefinition, err error) {
	j.step(s, Failed, err)
}

// Passed notes a step that answered none.
func (j journal) Passed(_ *godog.Scenario, s *godog.Step, _ *godog.StepDefinition) {
	j.step(s, Passed, nil)
}

// Skipped notes a step that was left out.
func (j journal) Skipped(_ *godog.Scenario, s *godog.Step, _ *godog.StepDefinition) {
	j.step(s, Skipped, nil)
}

// Undefined notes a step that matches no definition.
func (j journal) Undefined(_ *godog.Scenario, s *godog.Step, _ *godog.StepDefinition) {
	j.step(s, Undefined, nil)
}

// Pending notes a step that says it is not finished.
func (j journal) Pending(_ *godog.Scenario, s *godog.Step, _ *godog.StepDefinition) {
	j.step(s, Pending, nil)
}

// Ambiguous notes a step that matches several definitions.
func (j journal) Ambiguous(_ *godog.Scenario, s *godog.Step, _ *godog.StepDefinition, err error) {
	j.step(s, Ambiguous, err)
}

// Summary notes that the run came to its end.
func (j journal) Summary() { j.write(entry{Event: "end"}) }

// readJournal returns the entries that a run wrote.
func readJournal(r io.Reader) ([]entry, error) {
	var out []entry
	decoder := json.NewDecoder(r)
	for {
		var e entry
		err := decoder.Decode(&e)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, e)
	}
}
