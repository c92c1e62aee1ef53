package app

import (
	"context"
	"maps"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/deploy"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A yard is everything that the actions of one run work with.
type yard struct {
	app         *App
	site        site
	journal     *ledger.Run
	client      *registry.Client
	memory      *registry.Memory // of the client: what the gate need not ask again
	store       *container.Store
	gate        *gate.Gate
	builds      *ledger.Builds
	spaces      *source.Workspaces
	decider     *decide.Decider
	shelf       *action.Shelf
	inspector   *action.Inspector
	deployments *action.Deployments
	proof       proof
	replan      bool // a resumed run goes on with images that have changed
}

// yard opens what a run works with, and puts right what a killed run left.
func (a *App) yard(ctx context.Context, s site, proof proof, journal *ledger.Run, sink event.Sink) (*yard, error) {
	y := &yard{app: a, site: s, journal: journal, proof: proof, deployments: new(action.Deployments)}
	for _, open := range []func(context.Context) error{y.openRegistry, y.openStore, y.openGate} {
		if err := open(ctx); err != nil {
			return nil, err
		}
	}
	l, err := a.Ledger()
	if err != nil {
		return nil, err
	}
	y.builds, err = l.Builds(ctx)
	if err != nil {
		return nil, err
	}
	memo, err := a.Memo()
	if err != nil {
		return nil, err
	}
	outside, err := a.bases(s.inv, l.Sightings())
	if err != nil {
		return nil, err
	}
	y.spaces, err = a.Workspaces()
	if err != nil {
		return nil, err
	}
	y.decider = &decide.Decider{
		Workspaces: y.spaces,
		Bases:      outside, Family: s.family, Products: new(decide.Products), Registry: y.memory, Store: y.store,
		Memory: y.builds, Memo: memo, Describe: a.Catalog().Describe, Identity: a.Catalog().Identity,
		ETag: a.etag,
		Warn: func(d diag.Diagnostic) { sink.Emit(event.Warning{Diagnostic: d}) },
	}
	facts, err := a.State(factsCache()...)
	y.shelf = &action.Shelf{Decider: y.decider, Client: y.client, Store: y.store}
	y.inspector = &action.Inspector{Shelf: y.shelf, Cache: action.FactCache{Dir: facts}}
	return y, err
}

func (y *yard) openRegistry(ctx context.Context) (err error) {
	if y.client, err = y.app.Registry(ctx, y.site.inv.Embedded()); err == nil {
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
	if _, err := deploy.Sweep(ctx, dir, y.app.environ, vault); err != nil {
		return err
	}
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

// actions joins every action with what it works with.
func (y *yard) actions() (map[string]engine.Action, error) {
	root, err := y.app.Root()
	if err != nil {
		return nil, err
	}
	state, err := y.app.State("deployments")
	if err != nil {
		return nil, err
	}
	builders, err := y.app.Builders()
	if err != nil {
		return nil, err
	}
	vault, err := y.app.Vault()
	if err != nil {
		return nil, err
	}
	runtime := container.NewRuntime(y.store)
	smoke := &action.Smoke{
		Shelf: y.shelf, Runtime: runtime, Gate: y.gate,
		Suite: y.proof.suite, Vocabulary: y.proof.vocabulary, GroupsOf: y.site.inv.GroupsOf,
		Deployments: y.deployments, Actor: y.app.Actor(), RunID: y.journal.ID(), Reports: y.app.reports(root), Mask: &y.app.mask,
	}
	foresee := func(a action.Action, verb string) engine.Action {
		return action.Foresee(a, y.decider.Products, verb)
	}
	actions := y.app.surroundings(filepath.Clean(root), y.deployments)
	maps.Copy(actions, map[string]engine.Action{
		"build": &action.Build{
			Decider: y.decider, Registry: y.memory, Importer: y.client, Memory: y.builds, Workspaces: y.spaces,
			RunID: y.journal.ID(), Replan: y.replan, Secrets: y.app.secrets, Dirs: y.app.buildDirs(y.journal),
			Open: y.app.openStrategy, Store: y.store, Runtime: runtime, Builders: builders,
		},
		"push": &action.Push{Decider: y.decider, Registry: y.memory},
		"tag":  &action.Tag{Decider: y.decider, Registry: y.memory},
		"deploy": foresee(&action.Deploy{
			Smoke: smoke, Runtime: runtime, Deployments: y.deployments, Match: plan.Matcher(y.site.inv.Images),
			Root: root, Dir: state, Environ: y.app.environ, Env: y.app.variables(), Secrets: vault,
		}, "deploy"),
		"undeploy":     &action.Undeploy{Deployments: y.deployments},
		"smoke":        foresee(smoke, "prove"),
		"promote":      foresee(&action.Promote{Decider: y.decider, Gate: y.gate, Actor: y.app.Actor()}, "promote"),
		"rollback":     &action.Rollback{Gate: y.gate, Actor: y.app.Actor(), RunID: y.journal.ID()},
		"hold":         &action.Hold{Gate: y.gate, Actor: y.app.Actor()},
		"unhold":       &action.Unhold{Gate: y.gate, Actor: y.app.Actor()},
		"rewrite_refs": foresee(&action.RewriteRefs{Decider: y.decider, Dir: filepath.Clean(root)}, "rewrite"),
		"inspect":      &action.Inspect{Inspector: y.inspector},
		"run":          &action.Run{Shelf: y.shelf, Runtime: runtime, Deployments: y.deployments, Dir: root},
		"extract":      &action.Extract{Shelf: y.shelf, Dir: root},
	})
	return actions, nil
}

// close takes down what the run has left up.
func (y *yard) close(ctx context.Context) error { return y.deployments.Close(ctx) }

// variables is the environment as compose files see it.
func (a *App) variables() map[string]string {
	out := map[string]string{}
	for _, e := range a.environ {
		name, value, _ := strings.Cut(e, "=")
		out[name] = value
	}
	return out
}
