package action

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Debug is the action that shows a message or the value of an expression.
type Debug struct{}

// debugArgs are the arguments of `debug`.
type debugArgs struct {
	Msg document.Node `yaml:"msg"`
}

// Check judges the arguments as written.
func (Debug) Check(args document.Node) diag.List { return document.Decode(args, new(debugArgs)) }

// Run shows the message of a step.
func (Debug) Run(_ context.Context, step engine.Step) (engine.Result, error) {
	var args debugArgs
	if err := document.Decode(step.Args, &args).Err(); err != nil {
		return engine.Result{}, err
	}
	text, err := shown(args.Msg.Value())
	return engine.Result{Detail: text, Values: map[string]any{"msg": args.Msg.Value()}}, err
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
