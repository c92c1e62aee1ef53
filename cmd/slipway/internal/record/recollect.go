package record

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/secret"
)

// A recollection makes of a run's journal what the run had finished, and begun,
// with the secrets read anew.
type recollection struct {
	vault    *secret.Vault
	withheld map[withheld]json.RawMessage
	past     engine.Past
}

// Past returns what the journal of a run says was finished, and begun: with what
// was withheld of it, and the secrets of the vault read anew.
func Past(ctx context.Context, vault *secret.Vault, entries []ledger.Entry, hidden []ledger.Withheld) (engine.Past, error) {
	r := recollection{vault: vault, withheld: map[withheld]json.RawMessage{}}
	for _, w := range hidden {
		r.withheld[withheld{w.Image, w.At}] = w.Kept
	}
	for _, e := range entries {
		if err := r.add(ctx, e); err != nil {
			return r.past, err
		}
	}
	return r.past, nil
}

// add takes one more entry in. A step whose result is not there any more is not
// finished: it is done again, or asked about.
func (r *recollection) add(ctx context.Context, e ledger.Entry) error {
	switch {
	case e.Undertaken != nil:
		s := e.Undertaken
		r.past.AddUndertaking(engine.Undertaking{Step: stepOf(s), Index: s.At.Item, Label: s.Item, Pos: s.Pos})
	case e.FactsRead != nil:
		s := e.FactsRead
		_, kept, _, err := r.restored(ctx, s, s.At)
		facts, _ := kept.Value.(map[string]any)
		r.past.AddFacts(event.FactsRead{Step: stepOf(s), Facts: facts})
		return err
	case e.ItemFinished != nil:
		s := e.ItemFinished
		result, kept, there, err := r.restored(ctx, s, s.At)
		if there {
			r.past.AddItem(event.ItemFinished{Step: stepOf(s), Index: s.At.Item, Outcome: result.Outcome, Result: result.said(), Kept: kept})
		}
		return err
	case e.StepFinished != nil:
		s := e.StepFinished
		at := s.At
		at.Item = wholeStep
		result, kept, there, err := r.restored(ctx, s, at)
		if there {
			r.past.AddStep(event.StepFinished{
				Step: stepOf(s), Outcome: result.Outcome, Result: result.said(), Items: result.Items,
				Rescued: result.Rescued, Ignored: result.Ignored, Kept: kept,
			})
		}
		return err
	}
	return nil
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

// restored reads how a step ended, and what it left to others; there is false
// when that was withheld and is gone.
func (r *recollection) restored(ctx context.Context, s *ledger.Step, at ledger.Place) (result stepResult, kept event.Kept, there bool, err error) {
	if err := Decode(s.Result, &result); err != nil {
		return result, kept, false, err
	}
	if result.Withheld {
		var left leftover
		raw, ok := r.withheld[withheld{s.Image, at}]
		if !ok {
			return result, kept, false, nil
		}
		if err := Decode(raw, &left); err != nil {
			return result, kept, false, err
		}
		result.leftover = left
	}
	kept = event.Kept{Register: result.Register, Groups: result.Groups, Notified: result.Notified}
	if kept.Value, err = r.vault.Restore(ctx, Native(result.Value)); err != nil {
		return result, kept, false, err
	}
	vars, err := r.vault.Restore(ctx, Native(result.Vars))
	kept.Vars, _ = vars.(map[string]any)
	return result, kept, err == nil, err
}
