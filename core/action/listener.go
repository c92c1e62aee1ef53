package action

import (
	"errors"
	"fmt"
	"slices"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A listener hears what a strategy says about one build: output goes to the
// step's log, progress and warnings to the run's events, the end is kept.
type listener struct {
	step  engine.Step
	space source.Workspace // what the build sees
	done  *strategy.Completed
}

var _ strategy.Events = (*listener)(nil)

func newListener(step engine.Step, space source.Workspace) *listener {
	return &listener{step: step, space: space}
}

// told gives what a strategy says of files of the workspace the places that
// these came from.
func (l *listener) told(ds diag.List) diag.List {
	out := slices.Clone(ds)
	for i := range out {
		out[i].Pos = l.space.Place(out[i].Pos)
	}
	return out
}

// Send takes one event; it never asks the strategy to stop.
func (l *listener) Send(e strategy.Event) error {
	switch e := e.(type) {
	case strategy.Log:
		if e.Dropped > 0 {
			fmt.Fprintf(l.step.Log, "(%d lines were too fast to keep)\n", e.Dropped)
		}
		_, _ = l.step.Log.Write(e.Data)
	case strategy.StepStarted:
		fmt.Fprintln(l.step.Log, e.Title)
	case strategy.StepFinished:
		if e.Outcome == strategy.Cached {
			fmt.Fprintln(l.step.Log, "  cached")
		}
	case strategy.StepProgress:
		l.step.Events.Emit(event.Progress{Image: l.step.Image.Name, Title: e.ID, Current: e.Current, Total: e.Total, Unit: e.Unit})
	case strategy.Diagnostic:
		l.step.Events.Emit(event.Warning{Diagnostic: plan.Place(l.step.Image, l.told(diag.List{e.Diagnostic}))[0]})
	case strategy.Completed:
		l.done = &e
	}
	return nil
}

// completed returns the image, or why there is none.
func (l *listener) completed() (strategy.Image, error) {
	switch {
	case l.done == nil:
		return strategy.Image{}, fmt.Errorf("strategy %s ended without saying how", l.step.Image.Strategy)
	case l.done.Outcome == strategy.OK || l.done.Outcome == strategy.Cached:
		if l.done.Image == nil {
			return strategy.Image{}, fmt.Errorf("strategy %s says that it succeeded, but names no image", l.step.Image.Strategy)
		}
		return *l.done.Image, nil
	case len(l.done.Diagnostics) > 0:
		return strategy.Image{}, l.told(l.done.Diagnostics)
	default:
		return strategy.Image{}, errors.New("the build was " + l.done.Outcome.String())
	}
}

// placed gives an error that is diagnostics of a strategy their places. What
// has none, and is about no part of the config, is about the strategy as such.
func placed(image *inventory.Image, err error) error {
	ds := diag.Of(err)
	if ds == nil {
		return err
	}
	ds = plan.Place(image, ds)
	for i := range ds {
		if !ds[i].Pos.IsValid() {
			ds[i].Pos = image.StrategyPos()
		}
	}
	return ds
}
