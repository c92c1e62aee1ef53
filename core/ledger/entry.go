package ledger

import (
	"encoding/json"
	"fmt"
	"time"
)

// A Kind says what an entry is about.
type Kind string

// The kinds of entries.
const (
	RunStarted   Kind = "run_started"
	RunEnded     Kind = "run_ended"
	StepFinished Kind = "step_finished"
	BuildDone    Kind = "build"
	PushDone     Kind = "push"
	VerdictFound Kind = "verdict"
	Intended     Kind = "promotion_intended" // a set of tag moves is about to begin
	Moved        Kind = "promotion_moved"    // one tag of it has moved
	Undone       Kind = "promotion_undone"   // one tag of it was put back
	Promoted     Kind = "promotion_finished" // all of it
	Abandoned    Kind = "promotion_abandoned"
	RolledBack   Kind = "rollback"
	Held         Kind = "hold"
	Released     Kind = "release"
	Acquired     Kind = "resource_acquired" // something that must be cleaned up
	Freed        Kind = "resource_freed"
)

// An Entry is one line of a journal.
type Entry struct {
	Time  time.Time       `json:"time"`
	Run   string          `json:"run"`
	Kind  Kind            `json:"kind"`
	Image string          `json:"image,omitempty"`
	Data  json.RawMessage `json:"data,omitempty"` // by kind
}

// Into decodes what the entry's kind holds.
func (e Entry) Into(data any) error {
	if err := json.Unmarshal(e.Data, data); err != nil {
		return fmt.Errorf("reading a %s of run %s: %w", e.Kind, e.Run, err)
	}
	return nil
}

// An Info is the data of [RunStarted].
type Info struct {
	Playbooks []string  `json:"playbooks,omitempty"`
	Inventory []string  `json:"inventory,omitempty"`
	Args      []string  `json:"args,omitempty"`
	Actor     string    `json:"actor"`
	PID       int       `json:"pid"`
	Started   time.Time `json:"started"`
}

// An Ending is the data of [RunEnded].
type Ending struct {
	Code int `json:"code"` // what the shell was told
}
