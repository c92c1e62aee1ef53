package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

// ending is how a step, or an item of its loop, came out, for machines. Empty
// fields are left out.
type ending struct {
	Image       string         `json:"image,omitempty"`
	On          string         `json:"on,omitempty"`
	Item        string         `json:"item,omitempty"`
	Outcome     event.Outcome  `json:"outcome,omitempty"`
	Rescued     bool           `json:"rescued,omitempty"`
	Ignored     bool           `json:"ignored,omitempty"`
	Verb        string         `json:"verb,omitempty"`
	Digest      string         `json:"digest,omitempty"`
	Detail      string         `json:"detail,omitempty"`
	Error       string         `json:"error,omitempty"`
	Diagnostics []Problem      `json:"diagnostics,omitempty"`
	Log         string         `json:"log,omitempty"`
	Cause       string         `json:"cause,omitempty"`
	Notified    []string       `json:"notified,omitempty"`
	Diff        []diffRecord   `json:"diff,omitempty"`
	Seconds     float64        `json:"seconds,omitempty"`
	Result      map[string]any `json:"result,omitempty"` // what register keeps
}

// diffRecord is one text before and after a step.
type diffRecord struct {
	Path   string `json:"path"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func stepEnding(e event.StepFinished) ending {
	r := endingOf(e.Step, e.Outcome, e.Result, e.Took)
	r.Rescued, r.Ignored, r.Notified = e.Rescued, e.Ignored, e.Kept.Notified
	return r
}

func itemEnding(e event.ItemFinished) ending {
	r := endingOf(e.Step, e.Outcome, e.Result, e.Took)
	r.Item = within(e.Step.Item, e.Label)
	return r
}

// within is an item of a loop inside of those around it.
func within(around, item string) string {
	if around == "" || item == "" {
		return around + item
	}
	return around + ", " + item
}

func endingOf(step event.Step, o event.Outcome, res event.Result, took time.Duration) ending {
	r := ending{
		Image: step.Image, On: step.On, Item: step.Item, Outcome: o, Verb: res.Verb, Digest: res.Digest, Detail: res.Detail,
		Log: res.Log, Cause: res.Cause, Seconds: took.Seconds(), Result: res.Value,
	}
	for _, d := range res.Diff {
		r.Diff = append(r.Diff, diffRecord(d))
	}
	if res.Err != nil {
		r.Error = res.Err.Error()
		if ds := diag.Of(res.Err); ds != nil {
			r.Diagnostics = Style{}.Problems(ds)
		}
	}
	return r
}

// dump is a value as JSON: four blanks for each level, or with none of them on
// one line, as Ansible has it. Names are sorted.
func dump(value any, indent string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(value); err != nil {
		return "{}" // values of steps have been journaled as JSON before
	}
	return strings.TrimSuffix(b.String(), "\n")
}
