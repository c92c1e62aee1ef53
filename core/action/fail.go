package action

import (
	"context"
	"errors"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/engine"
)

// Fail is the action that fails.
type Fail struct{}

// failArgs are the arguments of `fail`.
type failArgs struct {
	Msg string `yaml:"msg" default:"the playbook says so" doc:"why" example:"\"{{ .image.name }} must not be released on a Friday\""`
}

// Declare declares the action.
func (Fail) Declare() declare.Action {
	return declare.Action{
		Name:    "fail",
		Summary: "fail with a message",
		Alone:   "msg",
		About:   "With when it is a condition that must not hold; in rescue it says with its own words what has failed.",
		Args:    new(failArgs), Result: new(struct{}),
		Check:    "Fails as well.",
		Examples: []string{"fail:\n  msg: \"{{ .image.name }} has no owner\"\nwhen: not (.owner | default \"\")"},
	}
}

// Run fails.
func (Fail) Run(_ context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[failArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	return engine.Result{}, errors.New(args.Msg)
}
