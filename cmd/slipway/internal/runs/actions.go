package runs

import (
	"maps"
	"path/filepath"

	"github.com/slipway-build/slipway/cmd/slipway/internal/view"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/plan"
)

// actions joins every action with what it works with.
func (y *yard) actions() (map[string]engine.Action, error) {
	root, err := y.app.Root()
	if err != nil {
		return nil, err
	}
	root = filepath.Clean(root)
	builders, err := y.app.Builders()
	if err != nil {
		return nil, err
	}
	proving, err := y.proving(root)
	if err != nil {
		return nil, err
	}
	actions := y.surroundings(root)
	maps.Copy(actions, y.making(root, builders))
	maps.Copy(actions, proving)
	maps.Copy(actions, y.releasing(root))
	return actions, nil
}

// foresee has an action say, where nothing is changed, what it would do once
// images are built.
func (y *yard) foresee(a action.Action, verb string) engine.Action {
	return action.Foresee(a, y.decider.Products, verb)
}

// making are the actions that make images and look at them.
func (y *yard) making(root string, builders *builder.Builders) map[string]engine.Action {
	return map[string]engine.Action{
		"build": &action.Build{
			Decider: y.decider, Registry: y.memory, Importer: y.client, Memory: y.builds, Workspaces: y.spaces,
			RunID: y.journal.ID(), Replan: y.replan, Secrets: y.secrets, Dirs: y.buildDirs,
			Open: y.openStrategy, Store: y.store, Runtime: y.runtime, Builders: builders,
		},
		"push":    &action.Push{Decider: y.decider, Registry: y.memory},
		"tag":     &action.Tag{Decider: y.decider, Registry: y.memory},
		"inspect": &action.Inspect{Inspector: y.inspector},
		"run":     &action.Run{Shelf: y.shelf, Runtime: y.runtime, Deployments: &y.deployments, Dir: root},
		"extract": &action.Extract{Shelf: y.shelf, Dir: root},
		"save":    &action.Save{Shelf: y.shelf, Dir: root},
	}
}

// proving are the actions that bring images up and judge them.
func (y *yard) proving(root string) (map[string]engine.Action, error) {
	state, err := y.app.State("deployments")
	if err != nil {
		return nil, err
	}
	vault, err := y.app.Vault()
	if err != nil {
		return nil, err
	}
	smoke := &action.Smoke{
		Shelf: y.shelf, Runtime: y.runtime, Gate: y.gate,
		Suite: y.proof.Suite, Vocabulary: y.proof.Vocabulary, GroupsOf: y.read.Inventory.GroupsOf,
		Deployments: &y.deployments, Actor: y.app.Actor(), RunID: y.journal.ID(), Reports: view.Smoke(root), Mask: y.app.Mask(),
	}
	return map[string]engine.Action{
		"deploy": y.foresee(&action.Deploy{
			Smoke: smoke, Runtime: y.runtime, Deployments: &y.deployments, Match: plan.Matcher(y.read.Inventory.Images),
			Root: root, Dir: state, Environ: y.app.Environ(), Env: y.app.Variables(), Secrets: vault,
		}, "deploy"),
		"undeploy": &action.Undeploy{Deployments: &y.deployments},
		"smoke":    y.foresee(smoke, "prove"),
	}, nil
}

// releasing are the actions that decide what others get to see.
func (y *yard) releasing(root string) map[string]engine.Action {
	return map[string]engine.Action{
		"promote":      y.foresee(&action.Promote{Decider: y.decider, Gate: y.gate, Actor: y.app.Actor()}, "promote"),
		"rollback":     &action.Rollback{Gate: y.gate, Actor: y.app.Actor(), RunID: y.journal.ID()},
		"hold":         &action.Hold{Gate: y.gate, Actor: y.app.Actor()},
		"unhold":       &action.Unhold{Gate: y.gate, Actor: y.app.Actor()},
		"rewrite_refs": y.foresee(&action.RewriteRefs{Decider: y.decider, Dir: root}, "rewrite"),
	}
}

// surroundings are the actions that work on what is around the images, and on
// the course of the play.
func (y *yard) surroundings(root string) map[string]engine.Action {
	return map[string]engine.Action{
		"command":  &action.Command{Dir: root, Env: y.app.Environ()},
		"script":   &action.Script{Dir: root, Env: y.app.Environ()},
		"template": &action.Template{Dir: root, Env: y.app.Environ()},
		"copy":     &action.Copy{Dir: root},
		"uri":      &action.URI{Dir: root, Env: y.app.Environ(), Deployments: &y.deployments},
		"wait_for": &action.WaitFor{Dir: root, Deployments: &y.deployments},
		"assert":   action.Assert{},
		"debug":    action.Debug{},
		"fail":     action.Fail{},
		"pause":    &action.Pause{Answers: y.keyboard, Out: y.app.Streams.Err, Terminal: y.app.Streams.Person},
		"set_var":  action.SetVar{},
	}
}
