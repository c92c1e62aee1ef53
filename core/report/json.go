package report

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

// JSON writes one object per event and line: {"event": "step_finished",
// "time": …, …}. Log lines and progress are left out: they are for people.
type JSON struct {
	Out io.Writer
	Now func() time.Time // nil: time.Now

	mu sync.Mutex
}

var _ event.Sink = (*JSON)(nil)

// record is the union of what events say; empty fields are left out.
type record struct {
	Event       string        `json:"event"`
	Time        time.Time     `json:"time"`
	Run         string        `json:"run,omitempty"`
	Playbooks   []string      `json:"playbooks,omitempty"`
	Check       bool          `json:"check,omitempty"`
	Play        string        `json:"play,omitempty"`
	Images      []string      `json:"images,omitempty"`
	Task        string        `json:"task,omitempty"`
	Image       string        `json:"image,omitempty"`
	Outcome     event.Outcome `json:"outcome,omitempty"`
	Verb        string        `json:"verb,omitempty"`
	Digest      string        `json:"digest,omitempty"`
	Detail      string        `json:"detail,omitempty"`
	Error       string        `json:"error,omitempty"`
	Diagnostics diag.List     `json:"diagnostics,omitempty"`
	Log         string        `json:"log,omitempty"`
	Cause       string        `json:"cause,omitempty"`
	Seconds     float64       `json:"seconds,omitempty"`
	Recap       []event.Count `json:"recap,omitempty"`
	Interrupted bool          `json:"interrupted,omitempty"`
}

// Emit writes e.
func (j *JSON) Emit(e event.Event) {
	r, ok := recordOf(e)
	if !ok {
		return
	}
	now := time.Now
	if j.Now != nil {
		now = j.Now
	}
	r.Time = now().UTC()
	j.mu.Lock()
	defer j.mu.Unlock()
	_ = json.NewEncoder(j.Out).Encode(r)
}

func recordOf(e event.Event) (record, bool) {
	switch e := e.(type) {
	case event.RunStarted:
		return record{Event: "run_started", Run: e.Run, Playbooks: e.Playbooks, Check: e.Check}, true
	case event.PlayStarted:
		return record{Event: "play_started", Play: e.Name, Images: e.Images}, true
	case event.StepStarted:
		return record{Event: "step_started", Task: e.Step.Name, Image: e.Step.Image}, true
	case event.StepFinished:
		return stepRecord(e), true
	case event.Warning:
		return record{Event: "warning", Diagnostics: diag.List{e.Diagnostic}}, true
	case event.RunFinished:
		return record{Event: "run_finished", Recap: e.Recap, Interrupted: e.Interrupted}, true
	default:
		return record{}, false
	}
}

func stepRecord(e event.StepFinished) record {
	r := record{
		Event: "step_finished", Task: e.Step.Name, Image: e.Step.Image, Outcome: e.Outcome,
		Verb: e.Result.Verb, Digest: e.Result.Digest, Detail: e.Result.Detail,
		Log: e.Result.Log, Cause: e.Result.Cause, Seconds: e.Took.Seconds(),
	}
	if e.Result.Err != nil {
		r.Error = e.Result.Err.Error()
		r.Diagnostics = diag.Of(e.Result.Err)
	}
	return r
}
