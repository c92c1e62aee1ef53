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

// PlayStarted opens a play, or the next wave of one.
type PlayStarted struct {
	Play        int // counts from zero through the run
	Name        string
	Wave, Waves int      // this wave, from 1, and how many there are
	Images      []string // of the wave, in order
	Tasks       []Task   // in the order in which they may run; a step names its task by index
}

// A Task is what all steps of one task of a play have in common.
type Task struct {
	Name    string // as every image sees it, or as written where they differ
	Handler bool   // it runs when it was notified
	Pos     diag.Pos
}

// A Step is one task on one image in one run.
type Step struct {
	Play  int
	Task  int    // index of the play's tasks
	Name  string // of the task, as this image sees it
	Image string
	On    string // the builder that the playbook chose for its work; "" when it chose none
	Item  string // labels of the items of the looped blocks around the task, "" outside of any
	Path  string // indexes of those items, the outermost first: "0/2"
}

// StepStarted opens a step.
type StepStarted struct{ Step Step }

// StepFinished closes a step.
type StepFinished struct {
	Step    Step
	Outcome Outcome
	Result  Result
	Took    time.Duration
	Items   int  // how many items of its loop were told before
	Rescued bool // it failed, and the rescue of a block goes on from there
	Ignored bool // it failed, and the task says that this is no harm
	Kept    Kept
}

// ItemFinished says how one item of a loop came out; the step goes on.
type ItemFinished struct {
	Step    Step
	Index   int    // of the item, from zero
	Label   string // what is shown of the item
	Outcome Outcome
	Result  Result
	Took    time.Duration
	Kept    Kept
}

// StepPassed says that an image has nothing to do at a task, or nothing more:
// it was not notified, the rescue was not needed, what came before failed, or a
// block's items are through.
type StepPassed struct{ Step Step }

// FactsRead says what the templates of a step were told of its image before
// its action, so that they are told the same when the run goes on later.
type FactsRead struct {
	Step  Step
	Facts map[string]any
}

// Retrying says that an attempt was not as wanted and another one follows.
type Retrying struct {
	Step  Step
	Label string // of the item, inside of a loop
	Left  int    // attempts that are left
	After time.Duration
	Err   error // nil when the attempt did not fail
}

// Heartbeat says that a step is under way and has been silent for a while.
type Heartbeat struct {
	Step    Step
	Running time.Duration // since the step began
}

// NoMoreImages says that a play, and with it the run, is over before its end.
type NoMoreImages struct {
	Play int
	Why  string // "2 of 4 images failed, which is more than 25 %"
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

	Value map[string]any // all of it: what register keeps, or would
	Diff  []Diff         // what the step changed, or would change, when that is wanted
}

// A Diff is one text before and after a step.
type Diff struct {
	Path   string // a file, or what else the text is
	Before string
	After  string
}

// Kept is what a step leaves to those that come after it: enough to go on as
// if it had just run.
type Kept struct {
	Register string         // the name its result is kept under; "" when it is not
	Value    any            // the result
	Vars     map[string]any // variables that it defined
	Groups   []string       // computed groups that the image joined
	Notified []string       // handlers that will run because of it
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

// PlaybookFinished closes a playbook of a run of several.
type PlaybookFinished struct {
	Playbook string
	Recap    []Count // of its steps alone, by image, sorted by name
}

// RunFinished closes a run.
type RunFinished struct {
	Recap       []Count // by image, sorted by name
	Interrupted bool
}

func (RunStarted) event()       {}
func (PlayStarted) event()      {}
func (StepStarted) event()      {}
func (StepFinished) event()     {}
func (ItemFinished) event()     {}
func (StepPassed) event()       {}
func (FactsRead) event()        {}
func (Retrying) event()         {}
func (Heartbeat) event()        {}
func (NoMoreImages) event()     {}
func (LogLine) event()          {}
func (Progress) event()         {}
func (Warning) event()          {}
func (PlaybookFinished) event() {}
func (RunFinished) event()      {}
