package smoke

import (
	"time"

	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// A Status is what became of a step or a scenario. Only Passed is good.
type Status string

// The statuses.
const (
	Passed    Status = "passed"
	Failed    Status = "failed"    // looked, and found otherwise; or panicked, or took too long
	Undefined Status = "undefined" // no step of the vocabulary
	Ambiguous Status = "ambiguous" // more than one
	Pending   Status = "pending"
	Skipped   Status = "skipped"
	Errored   Status = "error"   // could not look
	NotRun    Status = "not-run" // was not begun
)

// A Record is what happened in a run: the only source of verdicts and reports.
type Record struct {
	Image     string           `json:"image"`
	Reference string           `json:"reference"` // what was tested, by digest
	ImageID   string           `json:"imageID"`
	Deployed  bool             `json:"deployed"` // the subject was a deployment of the image
	Started   time.Time        `json:"started"`
	Duration  time.Duration    `json:"duration"`
	Planned   int              `json:"planned"`
	Executed  int              `json:"executed"`          // scenarios that came to their end, whatever the end
	Refusal   *Refusal         `json:"refusal,omitempty"` // why no scenario counts
	Scenarios []ScenarioRecord `json:"scenarios"`
}

// A Refusal says why what was run is not what is to be judged.
type Refusal struct {
	Reason string `json:"reason"`
	Failed bool   `json:"failed"` // true: another digest runs; false: it could not be found out
}

// A ScenarioRecord is what became of one scenario.
type ScenarioRecord struct {
	ID          string             `json:"id"` // "file:line"
	URI         string             `json:"uri"`
	Line        int                `json:"line"`
	Feature     string             `json:"feature"`
	Name        string             `json:"name"`
	Tags        []string           `json:"tags"`
	Status      Status             `json:"status"`
	Error       string             `json:"error,omitempty"` // what is no step's fault: the cleanup, the runner
	Started     time.Time          `json:"started"`
	Duration    time.Duration      `json:"duration"`
	UsedSubject bool               `json:"usedSubject"` // it touched the image under test
	Steps       []StepRecord       `json:"steps"`
	Attachments []world.Attachment `json:"attachments,omitempty"` // evidence, when it has not passed
}

// A StepRecord is what became of one step.
type StepRecord struct {
	Keyword  string        `json:"keyword"`
	Text     string        `json:"text"`
	Line     int           `json:"line"`
	Status   Status        `json:"status"`
	Error    string        `json:"error,omitempty"`
	Duration time.Duration `json:"duration"`
}

func newRecord(plan Plan) Record {
	r := Record{Started: time.Now(), Planned: len(plan.Scenarios), Deployed: plan.Parts.Deployment != nil}
	if s := plan.Parts.Subject; s != nil {
		r.Image, r.Reference, r.ImageID = s.Image, s.Reference, s.ImageID
	}
	for _, s := range plan.Scenarios {
		r.Scenarios = append(r.Scenarios, newScenarioRecord(s))
	}
	return r
}

func newScenarioRecord(s feature.Scenario) ScenarioRecord {
	r := ScenarioRecord{
		ID: s.ID(), URI: s.URI, Line: s.Pos.Line, Feature: s.Feature, Name: s.Name, Tags: s.Tags, Status: NotRun,
	}
	for _, step := range s.Steps {
		r.Steps = append(r.Steps, StepRecord{Keyword: step.Keyword, Text: step.Text, Line: step.Pos.Line, Status: NotRun})
	}
	return r
}

// refuse keeps the first refusal.
func (r *Record) refuse(refusal *Refusal) {
	if r.Refusal == nil {
		r.Refusal = refusal
	}
}

func (r *Record) finish() {
	r.Duration = time.Since(r.Started)
	for _, s := range r.Scenarios {
		if s.Status != NotRun {
			r.Executed++
		}
	}
}

// Failure returns the first step that has not passed and why, or the
// scenario's own error. Both are empty when it passed.
func (s *ScenarioRecord) Failure() (at StepRecord, text string) {
	for _, step := range s.Steps {
		if step.Status != Passed {
			return step, step.Error
		}
	}
	return StepRecord{}, s.Error
}
