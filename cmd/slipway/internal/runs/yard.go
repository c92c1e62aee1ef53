package runs

import (
	"context"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preflight"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/deploy"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A yard is everything that the actions of one run work with.
type yard struct {
	app     *app.App
	site    *site.Reader
	read    site.Site
	proof   preflight.Proof
	journal *ledger.Run
	replan  bool // a resumed run goes on with images that have changed

	client      *registry.Client
	memory      *registry.Memory // of the client: what the gate need not ask again
	store       *container.Store
	runtime     *container.Runtime
	builds      *ledger.Builds
	spaces      *source.Workspaces
	gate        *gate.Gate
	decider     *decide.Decider
	shelf       *action.Shelf
	inspector   *action.Inspector
	deployments action.Deployments
	keyboard    *action.Answers // one for all questions, so that none takes the line that is another's
}

// open opens what the run works with, and puts right what a killed run left.
func (y *yard) open(ctx context.Context, sink event.Sink) error {
	for _, open := range []func(context.Context) error{y.openRegistry, y.openStore, y.openGate} {
		if err := open(ctx); err != nil {
			return err
		}
	}
	if err := y.openDecider(ctx, sink); err != nil {
		return err
	}
	facts, err := y.app.Cache(app.Facts)
	y.shelf = &action.Shelf{Decider: y.decider, Client: y.client, Store: y.store}
	y.inspector = &action.Inspector{Shelf: y.shelf, Cache: action.FactCache{Dir: facts}}
	return err
}

// openDecider opens the memory of builds, and decides by it and the registry.
func (y *yard) openDecider(ctx context.Context, sink event.Sink) error {
	l, err := y.app.Ledger()
	if err != nil {
		return err
	}
	if y.builds, err = l.Builds(ctx); err != nil {
		return err
	}
	if y.spaces, err = y.site.Workspaces(); err != nil {
		return err
	}
	if y.decider, err = preview.Decider(y.site, y.read.Inventory, y.read.Family, l.Sightings()); err != nil {
		return err
	}
	y.decider.Registry, y.decider.Store, y.decider.Memory = y.memory, y.store, y.builds
	y.decider.Warn = func(d diag.Diagnostic) { sink.Emit(event.Warning{Diagnostic: d}) }
	return nil
}

func (y *yard) openRegistry(ctx context.Context) (err error) {
	if y.client, err = y.app.Registry(ctx, y.read.Inventory.Embedded()); err == nil {
		y.memory = registry.Remember(y.client)
	}
	return err
}

// openStore opens the container storage and removes what processes that are
// gone left in it.
func (y *yard) openStore(ctx context.Context) (err error) {
	if y.store, err = y.app.Store(); err != nil {
		return err
	}
	dir, err := y.app.State("deployments")
	if err != nil {
		return err
	}
	vault, err := y.app.Vault()
	if err != nil {
		return err
	}
	if _, err := deploy.Sweep(ctx, dir, y.app.Environ(), vault); err != nil {
		return err
	}
	y.runtime = container.NewRuntime(y.store)
	_, err = y.store.Sweep(ctx)
	return err
}

// openGate opens the gate and finishes or undoes promotions that were cut off.
func (y *yard) openGate(ctx context.Context) error {
	l, err := y.app.Ledger()
	if err != nil {
		return err
	}
	y.gate, err = gate.New(action.Gateway{Client: y.memory}, l, y.journal, gate.Trust{})
	if err != nil {
		return err
	}
	if err := y.gate.Recover(ctx); err != nil {
		return &engine.UnreachableError{Err: err}
	}
	return nil
}

// close takes down what the run has left up.
func (y *yard) close(ctx context.Context) error { return y.deployments.Close(ctx) }
