package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/secret"
)

// A recorder keeps finished steps, and finished items of loops, in the journal
// of the run, and passes every event on. A step is on disk before the next one
// of its image begins; what cannot be looked up afterwards is, before it is done.
// A run whose journal cannot be written is stopped: what it did from there on
// would be done again by who resumes it.
type recorder struct {
	run   *ledger.Run
	mask  *secret.Mask
	vault *secret.Vault
	next  event.Sink
	stop  func(error) // the run, because of an error

	mu    sync.Mutex
	plays map[int]string
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
		step := r.step(e.Step, "", r.json(result))
		_ = r.record(ledger.Entry{StepFinished: step}) // it stops the run
	case event.ItemFinished:
		step := r.step(e.Step, e.Label, r.json(r.result(e.Outcome, e.Result, e.Took.Seconds(), e.Kept)))
		step.At.Item = e.Index
		_ = r.record(ledger.Entry{ItemFinished: step})
	case event.FactsRead:
		_ = r.record(ledger.Entry{FactsRead: r.step(e.Step, "", r.json(stepResult{Value: r.vault.Refer(e.Facts)}))})
	}
	r.next.Emit(e)
}

// undertake keeps that a step is about to be done.
func (r *recorder) undertake(u engine.Undertaking) error {
	step := r.step(u.Step, u.Label, nil)
	step.At.Item, step.Pos = u.Index, u.Pos
	return r.record(ledger.Entry{Undertaken: step})
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

// json is a result as it is kept. It holds what JSON and YAML can say, which can
// be written; if not, that is found here and not by who resumes the run.
func (r *recorder) json(result stepResult) json.RawMessage {
	raw, err := json.Marshal(result)
	if err != nil {
		r.fail(err)
	}
	return raw
}

// step is a step as the journal names it; label is that of the item, if it is one.
func (r *recorder) step(id event.Step, label string, result json.RawMessage) *ledger.Step {
	items := slices.DeleteFunc([]string{id.Item, label}, func(s string) bool { return s == "" })
	r.mu.Lock()
	defer r.mu.Unlock()
	return &ledger.Step{
		Play: r.plays[id.Play], Task: r.mask.Text(id.Name), Image: id.Image, Item: r.mask.Text(strings.Join(items, ", ")),
		At: ledger.Place{Play: id.Play, Task: id.Task, Path: id.Path}, Result: result,
	}
}

func (r *recorder) record(e ledger.Entry) error {
	err := r.run.Record(e)
	if err != nil {
		r.fail(err)
	}
	return err
}

// fail stops the run, whose journal is not to be relied on from here on.
func (r *recorder) fail(err error) {
	r.stop(&engine.StoppedError{Err: fmt.Errorf(
		"the run was stopped, because what it does could not be written down: %w; when that is mended, slipway resume %s goes on with it", err, r.run.ID())})
}

// pastOf returns what the journal of a run says that it had finished, and begun,
// with the secrets read anew.
func pastOf(ctx context.Context, vault *secret.Vault, entries []ledger.Entry) (engine.Past, error) {
	var past engine.Past
	for _, e := range entries {
		var err error
		switch {
		case e.Undertaken != nil:
			s := e.Undertaken
			past.AddUndertaking(engine.Undertaking{Step: stepOf(s), Index: s.At.Item, Label: s.Item, Pos: s.Pos})
		case e.FactsRead != nil:
			err = addFacts(ctx, &past, vault, e.FactsRead)
		case e.ItemFinished != nil:
			err = addItem(ctx, &past, vault, e.ItemFinished)
		case e.StepFinished != nil:
			err = addStep(ctx, &past, vault, e.StepFinished)
		}
		if err != nil {
			return past, err
		}
	}
	return past, nil
}

func addFacts(ctx context.Context, past *engine.Past, vault *secret.Vault, step *ledger.Step) error {
	_, kept, err := restored(ctx, vault, step.Result)
	facts, _ := kept.Value.(map[string]any)
	past.AddFacts(event.FactsRead{Step: stepOf(step), Facts: facts})
	return err
}

func addItem(ctx context.Context, past *engine.Past, vault *secret.Vault, step *ledger.Step) error {
	r, kept, err := restored(ctx, vault, step.Result)
	past.AddItem(event.ItemFinished{Step: stepOf(step), Index: step.At.Item, Outcome: r.Outcome, Result: r.said(), Kept: kept})
	return err
}

func addStep(ctx context.Context, past *engine.Past, vault *secret.Vault, step *ledger.Step) error {
	r, kept, err := restored(ctx, vault, step.Result)
	past.AddStep(event.StepFinished{
		Step: stepOf(step), Outcome: r.Outcome, Result: r.said(), Items: r.Items, Rescued: r.Rescued, Ignored: r.Ignored, Kept: kept,
	})
	return err
}

// stepOf is a step as events name it.
func stepOf(s *ledger.Step) event.Step {
	return event.Step{Play: s.At.Play, Task: s.At.Task, Path: s.At.Path, Name: s.Task, Image: s.Image}
}

// said is what the line of a step had shown.
func (r stepResult) said() event.Result {
	out := event.Result{Verb: r.Verb, Digest: r.Digest, Detail: r.Detail, Cause: r.Cause, Promoted: r.Promoted, Held: r.Held}
	if r.Error != "" {
		out.Err = errors.New(r.Error)
	}
	return out
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
