package engine

import (
	"errors"

	"github.com/slipway-build/slipway/core/event"
)

// hiddenText stands for what no_log keeps from being shown and written down.
const hiddenText = "the output has been hidden due to the fact that 'no_log: true' was specified for this result"

var errHidden = errors.New(hiddenText)

// A mute sink lets nothing through that could hold what a step works with.
type mute struct{ next event.Sink }

// Emit passes on what says nothing of the step but how far it is.
func (m mute) Emit(e event.Event) {
	if p, ok := e.(event.Progress); ok {
		p.Title = ""
		m.next.Emit(p)
	}
}

// hidden is an error as it may be told.
func (j *job) hidden(err error) error {
	if err != nil && j.task.NoLog {
		return errHidden
	}
	return err
}

// shown is the label of an item as it may be told.
func (j *job) shown(label string) string {
	if label != "" && j.task.NoLog {
		return "(censored due to no_log)"
	}
	return label
}

// withhold keeps what may not be told for who resumes the run.
func (r *run) withhold(step event.Step, index int, k event.Kept) {
	if r.engine.Journal != nil && (k.Value != nil || len(k.Vars) > 0) {
		r.engine.Journal.Withhold(step, index, k)
	}
}

// censored is the report of a step of which nothing may be told but how it
// ended. What it registers is withheld.
func (o outcome) censored(r event.Result, k event.Kept) (event.Result, event.Kept) {
	if r.Err != nil {
		r.Err = errHidden
	}
	r.Verb, r.Digest, r.Detail, r.Log, r.Diff = "", "", "censored", "", nil
	k.Vars = nil
	hidden := map[string]any{
		"changed": o.result.Changed, "skipped": o.result.Skipped, "failed": o.err != nil, "digest": "", "msg": hiddenText, "censored": hiddenText,
	}
	if r.Value != nil {
		r.Value = hidden
	}
	if k.Value != nil {
		k.Value = hidden
	}
	return r, k
}
