package strategy

import (
	"fmt"

	"github.com/slipway-build/slipway/sdk/diag"
)

// An Event is something a build says: one of [StepStarted], [StepProgress],
// [StepFinished], [Log], [Diagnostic], [Artifact] and [Completed].
type Event interface{ event() }

// StepStarted opens a step. Identifiers are unique within a build.
type StepStarted struct{ ID, Parent, Title string }

// StepProgress says how far an open step is. Total is 0 when unknown.
type StepProgress struct {
	ID             string
	Current, Total int64
	Unit           string // "bytes", "layers", …
}

// StepFinished closes a step.
type StepFinished struct {
	ID      string
	Outcome Outcome
	Detail  string
}

// Log is output of a step: bytes as its processes printed them.
type Log struct {
	Step    string
	Stderr  bool
	Data    []byte
	Dropped uint64 // lines shed before this chunk because the reader was slow
}

// Diagnostic reports a problem that does not end the build.
type Diagnostic struct{ diag.Diagnostic }

// Artifact declares a file of the result below [Dirs.Output].
type Artifact struct {
	Kind     string
	Path     string // relative to Output
	Digest   string // "sha256:…"
	Size     int64
	Platform string
}

// Completed ends a build. Image is set when the outcome is OK or Cached.
type Completed struct {
	Outcome     Outcome
	Diagnostics diag.List
	Image       *Image
}

func (StepStarted) event()  {}
func (StepProgress) event() {}
func (StepFinished) event() {}
func (Log) event()          {}
func (Diagnostic) event()   {}
func (Artifact) event()     {}
func (Completed) event()    {}

// An Outcome says how a step or a build ended.
type Outcome int

// The outcomes. The zero Outcome is none: a build that completes with it
// broke the contract.
const (
	_ Outcome = iota
	OK
	Cached
	Skipped
	Failed
	Cancelled
)

// String returns the outcome in lower case.
func (o Outcome) String() string {
	names := [...]string{"none", "ok", "cached", "skipped", "failed", "cancelled"}
	if int(o) < 0 || int(o) >= len(names) {
		return fmt.Sprintf("outcome(%d)", int(o))
	}
	return names[o]
}
