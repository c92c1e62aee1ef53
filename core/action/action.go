// Package action holds what tasks can do, one file for each: build, tag, push,
// deploy, undeploy, smoke, promote, rollback, command, debug.
//
// An action is told everything by the step it is given and by the fields it
// was made with; what it learns about an image that a later action needs goes
// into [Products]. Each declares its arguments once, as a struct: the playbook
// reader checks against it before anything runs, the action decodes into it
// when templates are expanded.
package action

import (
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// An Action is an action that can judge its arguments as written.
type Action interface {
	engine.Action
	// Check tells what is wrong with arguments whose templates are not
	// expanded yet.
	Check(args document.Node) diag.List
}

// All returns every action by name. They can judge arguments; to run, each
// needs its fields.
func All() map[string]Action {
	return map[string]Action{
		"build":        new(Build),
		"tag":          new(Tag),
		"push":         new(Push),
		"deploy":       new(Deploy),
		"undeploy":     new(Undeploy),
		"smoke":        new(Smoke),
		"promote":      new(Promote),
		"rewrite_refs": new(RewriteRefs),
		"rollback":     new(Rollback),
		"inspect":      new(Inspect),
		"run":          new(Run),
		"extract":      new(Extract),
		"command":      new(Command),
		"debug":        Debug{},
	}
}
