package action

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
)

// Debug is the action that shows a message or the value of an expression.
type Debug struct{}

// debugArgs are the arguments of `debug`.
type debugArgs struct {
	Msg document.Node `yaml:"msg" doc:"a text, or any value; a text is shown as it is, the rest as JSON" example:"'{{ .build }}'"`
}

// debugResult is what is registered of `debug`.
type debugResult struct {
	Msg any `yaml:"msg" doc:"the message, or the value"`
}

// Declare declares the action.
func (Debug) Declare() declare.Action {
	return declare.Action{
		Name:    "debug",
		Summary: "show a message or the value of an expression",
		Args:    new(debugArgs), Result: new(debugResult),
		Check:    "The same.",
		Examples: []string{"debug:\n  msg: \"{{ .image.name }} is published as {{ .image.repository }}\"", "debug:\n  msg: \"{{ .build }}\""},
	}
}

// Run shows the message of a step.
func (Debug) Run(_ context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[debugArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	text, err := shown(args.Msg.Value())
	return engine.Result{Detail: text, Values: declare.Values(debugResult{args.Msg.Value()})}, err
}

// shown is a value as a person reads it: text as it is, the rest as JSON.
func shown(value any) (string, error) {
	if text, ok := value.(string); ok {
		return text, nil
	}
	data, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("showing a value: %w", err)
	}
	return string(data), nil
}
