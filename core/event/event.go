// Package event is what a run says while it goes.
//
// The engine and its actions emit events; reports show them to people and
// machines. Events are facts that have happened, plain values without
// behaviour, and never hold secrets: what emits them masks first. A [Sink] is
// called from many goroutines.
package event

import (
	"time"

	"github.com/slipway-build/slipway/sdk/diag"
)

// An Event is one of the types of this package.
type Event interface{ event() }

// A Sink receives events, possibly from many goroutines at once. Emit must not
// keep its caller waiting on anything but a short lock.
type Sink interface{ Emit(Event) }

// RunStarted opens a run.
type RunStarted struct {
	Run       string // the run's identifier
	Playbooks []string
	Check     bool // nothing is changed
}

// PlayStarted opens a play.
type PlayStarted struct {
	Play   int // counts from zero through the run
	Name   string
	Images []string // in order
	Tasks  []string // names in order; a step names its task by index
}

// A Step is one task on one image in one run.
type Step struct {
	Play  int
	Task  int
	Name  string // of the task
	Image string
}

// StepStarted opens a step.
type StepStarted struct{ Step Step }

// StepFinished closes a step.
type StepFinished struct {
	Step    Step
	Outcome Outcome
	Result  Result
	Took    time.Duration
}

// Result is what a step came to: what the line that reports it shows.
type Result struct {
	Verb     string // "built", "reused", "test → latest"
	Digest   string // "sha256:…", of what the verb made
	Detail   string // why, or what else there is to say
	Err      error  // when the outcome is none of OK, Changed and Skipped
	Log      string // path of the step's full log, when there is one
	Cause    string // the image that failed, when Blocked
	Promoted bool   // a tag was moved by the gate
	Held     bool   // the gate refused
	Diff     []Diff // what the step changed, or would change, when that is wanted
}

// A Diff is one text before and after a step.
type Diff struct {
	Path   string // a file, or what else the text is
	Before string
	After  string
}

// LogLine is one line that a step printed, without its newline.
type LogLine struct {
	Image string
	Text  string
}

// Progress says how far a step is. Total is 0 when unknown.
type Progress struct {
	Image          string
	Title          string
	Current, Total int64
	Unit           string
}

// Warning is something the user should know that stops nothing.
type Warning struct{ Diagnostic diag.Diagnostic }

// RunFinished closes a run.
type RunFinished struct {
	Recap       []Count // by image, sorted by name
	Interrupted bool
}

func (RunStarted) event()   {}
func (PlayStarted) event()  {}
func (StepStarted) event()  {}
func (StepFinished) event() {}
func (LogLine) event()      {}
func (Progress) event()     {}
func (Warning) event()      {}
func (RunFinished) event()  {}
