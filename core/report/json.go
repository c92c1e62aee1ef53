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
// "time": …, …}. Log lines, progress and heartbeats are left out, they are for
// people; so is that an image passes a task, which its next step tells.
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
	Wave        int           `json:"wave,omitempty"`  // of several
	Waves       int           `json:"waves,omitempty"` // only when there are several
	Images      []string      `json:"images,omitempty"`
	Task        string        `json:"task,omitempty"`
	Image       string        `json:"image,omitempty"`
	Item        string        `json:"item,omitempty"`
	Outcome     event.Outcome `json:"outcome,omitempty"`
	Rescued     bool          `json:"rescued,omitempty"`
	Ignored     bool          `json:"ignored,omitempty"`
	Verb        string        `json:"verb,omitempty"`
	Digest      string        `json:"digest,omitempty"`
	Detail      string        `json:"detail,omitempty"`
	Error       string        `json:"error,omitempty"`
	Diagnostics diag.List     `json:"diagnostics,omitempty"`
	Log         string        `json:"log,omitempty"`
	Cause       string        `json:"cause,omitempty"`
	Notified    []string      `json:"notified,omitempty"`
	Diff        []diffRecord  `json:"diff,omitempty"`
	Left        *int          `json:"left,omitempty"` // attempts
	Seconds     float64       `json:"seconds,omitempty"`
	Recap       []event.Count `json:"recap,omitempty"`
	Interrupted bool          `json:"interrupted,omitempty"`
}

// diffRecord is one text before and after a step.
type diffRecord struct {
	Path   string `json:"path"`
	Before string `json:"before"`
	After  string `json:"after"`
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
		r := record{Event: "play_started", Play: e.Name, Images: e.Images}
		if e.Waves > 1 {
			r.Wave, r.Waves = e.Wave, e.Waves
		}
		return r, true
	case event.StepStarted:
		return record{Event: "step_started", Task: e.Step.Name, Image: e.Step.Image, Item: e.Step.Item}, true
	case event.StepFinished:
		return stepRecord(e), true
	case event.ItemFinished:
		return itemRecord(e), true
	case event.Retrying:
		return retryRecord(e), true
	case event.NoMoreImages:
		return record{Event: "no_more_images", Detail: e.Why}, true
	case event.Warning:
		return record{Event: "warning", Diagnostics: diag.List{e.Diagnostic}}, true
	case event.PlaybookFinished:
		return record{Event: "playbook_finished", Playbooks: []string{e.Playbook}, Recap: e.Recap}, true
	case event.RunFinished:
		return record{Event: "run_finished", Recap: e.Recap, Interrupted: e.Interrupted}, true
	default:
		return record{}, false
	}
}

func stepRecord(e event.StepFinished) record {
	r := resultRecord("step_finished", e.Step, e.Outcome, e.Result, e.Took)
	r.Rescued, r.Ignored, r.Notified = e.Rescued, e.Ignored, e.Kept.Notified
	return r
}

func itemRecord(e event.ItemFinished) record {
	r := resultRecord("item_finished", e.Step, e.Outcome, e.Result, e.Took)
	r.Item = within(e.Step.Item, e.Label)
	return r
}

func retryRecord(e event.Retrying) record {
	r := resultRecord("retrying", e.Step, "", event.Result{Err: e.Err}, 0)
	r.Item, r.Left = within(e.Step.Item, e.Label), &e.Left
	return r
}

// within is an item of a loop inside of those around it.
func within(around, item string) string {
	if around == "" || item == "" {
		return around + item
	}
	return around + ", " + item
}

func resultRecord(what string, step event.Step, o event.Outcome, res event.Result, took time.Duration) record {
	r := record{
		Event: what, Task: step.Name, Image: step.Image, Item: step.Item, Outcome: o,
		Verb: res.Verb, Digest: res.Digest, Detail: res.Detail,
		Log: res.Log, Cause: res.Cause, Seconds: took.Seconds(),
	}
	for _, d := range res.Diff {
		r.Diff = append(r.Diff, diffRecord(d))
	}
	if res.Err != nil {
		r.Error = res.Err.Error()
		r.Diagnostics = diag.Of(res.Err)
	}
	return r
}
