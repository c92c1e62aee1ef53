// Package record keeps in the journal of a run what its steps did and what they
// left to later ones, and reads it back for a run that goes on.
//
// A step is on disk before the next one of its image begins. Secrets are never
// written: what a step left refers to them, and they are read anew. What a step
// with no_log left is in a file for its user alone, until the run has ended well.
package record

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/secret"
)

// A Recorder keeps finished steps, and finished items of loops, in the journal
// of the run, and passes every event on. What cannot be looked up afterwards is
// kept before it is done. A run whose journal cannot be written is stopped: what
// it did from there on would be done again by who resumes it.
type Recorder struct {
	Run   *ledger.Run
	Mask  *secret.Mask
	Vault *secret.Vault
	Next  event.Sink
	Stop  func(error) // the run, because of an error

	mu       sync.Mutex
	plays    map[int]string
	withheld map[withheld]bool
	broken   error // why nothing is recorded any more
}

var (
	_ event.Sink     = (*Recorder)(nil)
	_ engine.Journal = (*Recorder)(nil)
)

// Emit records and passes on.
func (r *Recorder) Emit(e event.Event) {
	switch e := e.(type) {
	case event.PlayStarted:
		r.begin(e)
	case event.StepFinished:
		result := r.result(e.Outcome, e.Result, e.Took.Seconds(), e.Kept)
		result.Rescued, result.Ignored, result.Items = e.Rescued, e.Ignored, e.Items
		result.Withheld = r.withholds(e.Step, wholeStep)
		step := r.step(e.Step, "", r.json(result))
		_ = r.record(ledger.Entry{StepFinished: step}) // it stops the run
	case event.ItemFinished:
		result := r.result(e.Outcome, e.Result, e.Took.Seconds(), e.Kept)
		result.Withheld = r.withholds(e.Step, e.Index)
		step := r.step(e.Step, e.Label, r.json(result))
		step.At.Item = e.Index
		_ = r.record(ledger.Entry{ItemFinished: step})
	case event.FactsRead:
		_ = r.record(ledger.Entry{FactsRead: r.step(e.Step, "", r.json(stepResult{leftover: leftover{Value: r.Vault.Refer(e.Facts)}}))})
	}
	r.Next.Emit(e)
}

// begin takes the name of a play for its steps.
func (r *Recorder) begin(e event.PlayStarted) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.plays == nil {
		r.plays = map[int]string{}
	}
	r.plays[e.Play] = e.Name
}

// Undertake keeps that a step is about to be done.
func (r *Recorder) Undertake(u engine.Undertaking) error {
	step := r.step(u.Step, u.Label, nil)
	step.At.Item, step.Pos = u.Index, u.Pos
	return r.record(ledger.Entry{Undertaken: step})
}

// A stepResult is how a step of the journal ended, and what it left to others;
// or what was found out for it, which is all Value.
type stepResult struct {
	Outcome  event.Outcome `json:"outcome,omitempty"`
	Verb     string        `json:"verb,omitempty"`
	Digest   string        `json:"digest,omitempty"`
	Detail   string        `json:"detail,omitempty"`
	Error    string        `json:"error,omitempty"`
	Cause    string        `json:"cause,omitempty"`
	Seconds  float64       `json:"seconds,omitempty"`
	Items    int           `json:"items,omitempty"`
	Rescued  bool          `json:"rescued,omitempty"`
	Ignored  bool          `json:"ignored,omitempty"`
	Promoted bool          `json:"promoted,omitempty"`
	Held     bool          `json:"held,omitempty"`
	Register string        `json:"register,omitempty"`
	Groups   []string      `json:"groups,omitempty"`
	Notified []string      `json:"notified,omitempty"`
	Withheld bool          `json:"withheld,omitempty"` // what it left stands elsewhere

	leftover
}

// result is how a step ended, without secrets: what it left holds references to
// them instead.
func (r *Recorder) result(o event.Outcome, res event.Result, seconds float64, k event.Kept) stepResult {
	out := secret.Conceal(r.Mask, stepResult{
		Outcome: o, Verb: res.Verb, Digest: res.Digest, Detail: res.Detail, Cause: res.Cause, Seconds: seconds,
		Promoted: res.Promoted, Held: res.Held, Register: k.Register, Groups: k.Groups, Notified: k.Notified,
	})
	if res.Err != nil {
		out.Error = r.Mask.Text(res.Err.Error())
	}
	out.leftover = left(r.Vault, k)
	return out
}

// json is a result as it is kept. It holds what JSON and YAML can say, which can
// be written; if not, that is found here and not by who resumes the run.
func (r *Recorder) json(result stepResult) json.RawMessage {
	raw, err := json.Marshal(result)
	if err != nil {
		r.fail(err)
	}
	return raw
}

// step is a step as the journal names it; label is that of the item, if it is one.
func (r *Recorder) step(id event.Step, label string, result json.RawMessage) *ledger.Step {
	items := slices.DeleteFunc([]string{id.Item, label}, func(s string) bool { return s == "" })
	r.mu.Lock()
	defer r.mu.Unlock()
	return &ledger.Step{
		Play: r.plays[id.Play], Task: r.Mask.Text(id.Name), Image: id.Image, Item: r.Mask.Text(strings.Join(items, ", ")),
		At: ledger.Place{Play: id.Play, Task: id.Task, Path: id.Path}, Result: result,
	}
}

// record journals e, unless the journal has failed before: what it says of one
// step may rely on what it should have said of another.
func (r *Recorder) record(e ledger.Entry) error {
	r.mu.Lock()
	err := r.broken
	r.mu.Unlock()
	if err == nil {
		err = r.Run.Record(e)
	}
	if err != nil {
		r.fail(err)
	}
	return err
}

// fail stops the run.
func (r *Recorder) fail(err error) {
	r.mu.Lock()
	r.broken = cmp.Or(r.broken, err)
	r.mu.Unlock()
	r.Stop(&engine.StoppedError{Err: fmt.Errorf(
		"the run was stopped, because what it does could not be written down: %w; when that is mended, slipway resume %s goes on with it", err, r.Run.ID())})
}
