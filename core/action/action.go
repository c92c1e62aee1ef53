// Package action holds what tasks can do, one file for each: build, tag, push,
// deploy, undeploy, smoke, promote, rollback, hold, unhold, rewrite_refs,
// inspect, run and extract for images; command, script, template, copy, uri and
// wait_for for what is around them; assert, debug, fail, pause and set_var for
// the course of a play.
//
// An action is told everything by the step it is given and by the fields it was
// made with. What becomes of an image it asks package decide; what it has made
// of one, and a later action needs, goes into the Products there. What this run
// made or found of an image comes before what a tag of it names, and that tag is
// test, the tag of candidates, unless the task names another.
//
// Each action declares itself once, its arguments and its result as structs (see
// package declare): the playbook reader checks against that before anything
// runs, the action decodes into it when templates are expanded, and `slipway
// doc`, the schema for editors and docs/actions.md show it.
package action

import (
	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/engine"
)

// An Action is an action that says what it is.
type Action interface {
	engine.Action
	// Declare returns the declaration of the action. It needs no field of it.
	Declare() declare.Action
}

// All returns every action by name. They can declare themselves; to run, each
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
		"rollback":     new(Rollback),
		"hold":         new(Hold),
		"unhold":       new(Unhold),
		"command":      new(Command),
		"script":       new(Script),
		"template":     new(Template),
		"copy":         new(Copy),
		"uri":          new(URI),
		"wait_for":     new(WaitFor),
		"assert":       Assert{},
		"debug":        Debug{},
		"fail":         Fail{},
		"pause":        new(Pause),
		"set_var":      SetVar{},
		"rewrite_refs": new(RewriteRefs),
		"inspect":      new(Inspect),
		"run":          new(Run),
		"extract":      new(Extract),
		"save":         new(Save),
	}
}
