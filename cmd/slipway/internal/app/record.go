package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/secret"
)

// A recorder keeps finished steps, and finished items of loops, in the journal
// of the run, and passes every event on. A step is on disk before the next one
// of its image begins. That a journal cannot be written is told once the run is
// over: by then everything that could be done safely has been done.
type recorder struct {
	run   *ledger.Run
	mask  *secret.Mask
	vault *secret.Vault
	next  event.Sink

	mu    sync.Mutex
	plays map[int]string
	err   error
}

var _ event.Sink = (*recorder)(nil)

// Emit records and passes on.
func (r *recorder) Emit(e event.Event) {
	switch e := e.(type) {
	case event.PlayStarted:
		r.mu.Lock()
		r.plays[e.Play] = e.Name
		r.mu.Unlock()
	case event.StepFinished:
		result := r.result(e.Outcome, e.Result, e.Took.Seconds(), e.Kept)
		result.Rescued, result.Ignored, result.Items = e.Rescued, e.Ignored, e.Items
		step := r.step(e.Step, e.Step.Item, result)
		r.record(ledger.Entry{StepFinished: step})
	case event.ItemFinished:
		step := r.step(e.Step, strings.TrimPrefix(e.Step.Item+", "+e.Label, ", "), r.result(e.Outcome, e.Result, e.Took.Seconds(), e.Kept))
		step.At.Item = e.Index
		r.record(ledger.Entry{ItemFinished: step})
	case event.FactsRead:
		r.record(ledger.Entry{FactsRead: r.step(e.Step, e.Step.Item, stepResult{Value: r.vault.Refer(e.Facts)})})
	}
	r.next.Emit(e)
}

// A stepResult is how a step of the journal ended, and what it left to others;
// or what was found out for it, which is all Value.
type stepResult struct {
	Outcome  event.Outcome  `json:"outcome,omitempty"`
	Verb     string         `json:"verb,omitempty"`
	Digest   string         `json:"digest,omitempty"`
	Detail   string         `json:"detail,omitempty"`
	Error    string         `json:"error,omitempty"`
	Cause    string         `json:"cause,omitempty"`
	Seconds  float64        `json:"seconds,omitempty"`
	Items    int            `json:"items,omitempty"`
	Rescued  bool           `json:"rescued,omitempty"`
	Ignored  bool           `json:"ignored,omitempty"`
	Promoted bool           `json:"promoted,omitempty"`
	Held     bool           `json:"held,omitempty"`
	Register string         `json:"register,omitempty"`
	Value    any            `json:"value,omitempty"`
	Vars     map[string]any `json:"vars,omitempty"`
	Groups   []string       `json:"groups,omitempty"`
	Notified []string       `json:"notified,omitempty"`
}

// result is how a step ended, without secrets: what it left holds references to
// them instead.
func (r *recorder) result(o event.Outcome, res event.Result, seconds float64, k event.Kept) stepResult {
	out := secret.Conceal(r.mask, stepResult{
		Outcome: o, Verb: res.Verb, Digest: res.Digest, Detail: res.Detail, Cause: res.Cause, Seconds: seconds,
		Promoted: res.Promoted, Held: res.Held, Register: k.Register, Groups: k.Groups, Notified: k.Notified,
	})
	if res.Err != nil {
		out.Error = r.mask.Text(res.Err.Error())
	}
	if k.Value != nil {
		out.Value = r.vault.Refer(k.Value)
	}
	if len(k.Vars) > 0 {
		out.Vars, _ = r.vault.Refer(k.Vars).(map[string]any)
	}
	return out
}

func (r *recorder) step(id event.Step, item string, result stepResult) *ledger.Step {
	r.mu.Lock()
	defer r.mu.Unlock()
	raw, err := json.Marshal(result)
	r.err = errors.Join(r.err, err)
	return &ledger.Step{
		Play: r.plays[id.Play], Task: r.mask.Text(id.Name), Image: id.Image, Item: r.mask.Text(item),
		At: ledger.Place{Play: id.Play, Task: id.Task, Path: id.Path}, Result: raw,
	}
}

func (r *recorder) record(e ledger.Entry) {
	err := r.run.Record(e)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = errors.Join(r.err, err)
}

// failure is what went wrong with recording.
func (r *recorder) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// pastOf returns what the journal of a run says that it had finished, with the
// secrets read anew.
func pastOf(ctx context.Context, vault *secret.Vault, entries []ledger.Entry) (engine.Past, error) {
	var past engine.Past
	for _, e := range entries {
		step := cmp.Or(e.StepFinished, e.ItemFinished, e.FactsRead)
		if step == nil {
			continue
		}
		result, kept, err := restored(ctx, vault, step.Result)
		if err != nil {
			return past, err
		}
		id := event.Step{Play: step.At.Play, Task: step.At.Task, Path: step.At.Path, Name: step.Task, Image: step.Image}
		switch {
		case e.FactsRead != nil:
			facts, _ := kept.Value.(map[string]any)
			past.AddFacts(event.FactsRead{Step: id, Facts: facts})
		case e.ItemFinished != nil:
			past.AddItem(event.ItemFinished{Step: id, Index: step.At.Item, Outcome: result.Outcome, Result: result.said(), Kept: kept})
		default:
			past.AddStep(event.StepFinished{
				Step: id, Outcome: result.Outcome, Result: result.said(), Items: result.Items, Rescued: result.Rescued, Ignored: result.Ignored, Kept: kept,
			})
		}
	}
	return past, nil
}

// said is what was shown of a step.
func (r stepResult) said() event.Result {
	said := event.Result{Verb: r.Verb, Digest: r.Digest, Detail: r.Detail, Cause: r.Cause, Promoted: r.Promoted, Held: r.Held}
	if r.Error != "" {
		said.Err = errors.New(r.Error)
	}
	return said
}

// restored reads how a step ended.
func restored(ctx context.Context, vault *secret.Vault, raw json.RawMessage) (stepResult, event.Kept, error) {
	var r stepResult
	if err := decodeExact(raw, &r); err != nil {
		return r, event.Kept{}, err
	}
	k := event.Kept{Register: r.Register, Groups: r.Groups, Notified: r.Notified}
	var err error
	if k.Value, err = vault.Restore(ctx, native(r.Value)); err != nil {
		return r, k, err
	}
	vars, err := vault.Restore(ctx, native(r.Vars))
	k.Vars, _ = vars.(map[string]any)
	return r, k, err
}
