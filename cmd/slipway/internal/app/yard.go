package app

import (
	"context"
	"path/filepath"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A yard is everything that the actions of one run work with.
type yard struct {
	app     *App
	site    site
	journal *ledger.Run
	decider *action.Decider
}

// yard opens what a run works with.
func (a *App) yard(ctx context.Context, s site, journal *ledger.Run, sink event.Sink) (*yard, error) {
	client, err := a.Registry(ctx, s.inv.Embedded())
	if err != nil {
		return nil, err
	}
	store, err := a.Store()
	if err != nil {
		return nil, err
	}
	if _, err := store.Sweep(ctx); err != nil {
		return nil, err
	}
	l, err := a.Ledger()
	if err != nil {
		return nil, err
	}
	builds, err := l.Builds(ctx)
	if err != nil {
		return nil, err
	}
	memo, err := a.Memo()
	if err != nil {
		return nil, err
	}
	return &yard{app: a, site: s, journal: journal, decider: &action.Decider{
		Family: s.family, Products: new(action.Products), Registry: client, Store: store,
		Memory: builds, Memo: memo, Describe: a.Catalog().Describe,
		Warn: func(d diag.Diagnostic) { sink.Emit(event.Warning{Diagnostic: d}) },
	}}, nil
}

// actions joins every action with what it works with.
func (y *yard) actions() map[string]engine.Action {
	root, _ := y.app.Root()
	return map[string]engine.Action{
		"build": &action.Build{
			Decider: y.decider, RunID: y.journal.ID(), Dirs: y.app.buildDirs,
			Open: func(ctx context.Context, name string) (action.Process, error) { return y.app.Catalog().Open(ctx, name) },
		},
		"push":    &action.Push{Decider: y.decider},
		"tag":     &action.Tag{Decider: y.decider},
		"command": &action.Command{Dir: filepath.Clean(root), Env: y.app.environ},
		"debug":   action.Debug{},
	}
}

// close ends what the run has left open.
func (*yard) close(context.Context) error { return nil }
