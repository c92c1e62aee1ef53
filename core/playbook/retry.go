package playbook

import (
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Retry repeats a task until it is as wanted.
type Retry struct {
	Until   []document.Node // expressions over what the task registers, all must hold; empty: until it does not fail
	Retries document.Node   // see [Number], may hold templates; absent: 3. So many times after the first
	Delay   document.Node   // see [Duration], may hold templates; absent: 5s
	Backoff bool            // every delay is twice the one before, up to five minutes
	Pos     diag.Pos
}

// retrying is what a task may say of being repeated.
type retrying struct {
	Until   conditions    `yaml:"until"`
	Retries number        `yaml:"retries"`
	Delay   duration      `yaml:"delay"`
	Backoff document.Node `yaml:"backoff"`
}

// retry reads how a task is repeated, nil when it is not.
func (r *reader) retry(w retrying) *Retry {
	if !w.Backoff.IsZero() && w.Backoff.Text() != "exp" {
		r.add(diag.Errorf("bad-value", w.Backoff.Pos(), "unknown backoff %q", w.Backoff.Text()).
			WithFix("write backoff: exp, with which every delay is twice the one before, or take it out"))
	}
	if len(w.Until) == 0 && w.Retries.IsZero() {
		if !w.Delay.IsZero() || !w.Backoff.IsZero() {
			r.add(diag.Errorf("no-retry", first(w.Delay.Node, w.Backoff), "nothing is repeated here, so there is nothing to wait between").
				WithFix("say until what, or how often with retries"))
		}
		return nil
	}
	again := &Retry{Until: w.Until, Retries: w.Retries.Node, Delay: w.Delay.Node, Backoff: !w.Backoff.IsZero()}
	again.Pos = first(append(slices.Clip(again.Until), w.Retries.Node)...)
	return again
}
