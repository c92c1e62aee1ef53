package report

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

// JSONLines writes one object per event and line: {"event": "step_finished",
// "time": …, …}. Log lines, progress and heartbeats are left out, they are for
// people; so is that an image passes a task, which its next step tells.
type JSONLines struct {
	Out io.Writer
	Now func() time.Time // nil: time.Now

	mu sync.Mutex
}

var _ event.Sink = (*JSONLines)(nil)

// record is the union of what events say; empty fields are left out.
type record struct {
	Event     string    `json:"event"`
	Time      time.Time `json:"time"`
	Run       string    `json:"run,omitempty"`
	Playbooks []string  `json:"playbooks,omitempty"`
	Check     bool      `json:"check,omitempty"`
	Play      string    `json:"play,omitempty"`
	Wave      int       `json:"wave,omitempty"`  // of several
	Waves     int       `json:"waves,omitempty"` // only when there are several
	Images    []string  `json:"images,omitempty"`
	Task      string    `json:"task,omitempty"`
	ending
	Left        *int          `json:"left,omitempty"` // attempts
	Recap       []event.Count `json:"recap,omitempty"`
	Interrupted bool          `json:"interrupted,omitempty"`
}

// Emit writes e.
func (j *JSONLines) Emit(e event.Event) {
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
		r := record{Event: "play_started", Play: e.Name, Images: e.Images}
		if e.Waves > 1 {
			r.Wave, r.Waves = e.Wave, e.Waves
		}
		return r, true
	case event.StepStarted:
		return record{Event: "step_started", Task: e.Step.Name, ending: endingOf(e.Step, "", event.Result{}, 0)}, true
	case event.StepFinished:
		return record{Event: "step_finished", Task: e.Step.Name, ending: stepEnding(e)}, true
	case event.ItemFinished:
		return record{Event: "item_finished", Task: e.Step.Name, ending: itemEnding(e)}, true
	case event.Retrying:
		r := record{Event: "retrying", Task: e.Step.Name, Left: &e.Left, ending: endingOf(e.Step, "", event.Result{Err: e.Err}, 0)}
		r.Item = within(e.Step.Item, e.Label)
		return r, true
	case event.NoMoreImages:
		return record{Event: "no_more_images", ending: ending{Detail: e.Why}}, true
	case event.Warning:
		return record{Event: "warning", ending: ending{Diagnostics: Style{}.Problems(diag.List{e.Diagnostic})}}, true
	case event.PlaybookFinished:
		return record{Event: "playbook_finished", Playbooks: []string{e.Playbook}, Recap: e.Recap}, true
	case event.RunFinished:
		return record{Event: "run_finished", Recap: e.Recap, Interrupted: e.Interrupted}, true
	default:
		return record{}, false
	}
}
