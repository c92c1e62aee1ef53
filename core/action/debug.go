package action

import (
	"context"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Debug is the action that shows a message or the value of an expression.
type Debug struct{}

// debugArgs are the arguments of `debug`.
type debugArgs struct {
	Msg document.Node `yaml:"msg" doc:"a text, or any value; a text is shown as it is, the rest as JSON" example:"'{{ .build }}'"`
	Var document.Node `yaml:"var" doc:"or an expression without braces, which is shown with its value" example:".built.digest"`
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
		Alone:   "msg",
		Args:    new(debugArgs), Result: new(debugResult),
		Check:    "The same.",
		Examples: []string{"debug:\n  msg: \"{{ .image.name }} is published as {{ .image.repository }}\"", "debug:\n  var: .built"},
		Rule: func(args document.Node) diag.List {
			if !args.Get("msg").IsZero() && !args.Get("var").IsZero() {
				return diag.List{diag.Errorf("bad-debug", args.Get("var").Pos(), "debug shows either msg or var").WithFix("take one of them out")}
			}
			return nil
		},
	}
}

// Expressions returns the expression, for the check of its names before the
// run.
func (Debug) Expressions(args document.Node) []document.Node { return args.Get("var").List() }

// Run shows the message of a step.
func (Debug) Run(_ context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[debugArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	if !args.Var.IsZero() {
		return showExpression(step, args.Var)
	}
	return engine.Result{Detail: shown(args.Msg.Value()), Values: declare.Values(debugResult{args.Msg.Value()})}, nil
}

// showExpression shows an expression beside its value.
func showExpression(step engine.Step, n document.Node) (engine.Result, error) {
	value, ds := expressionOf(step, n).value(n.Text())
	if err := ds.Err(); err != nil {
		return engine.Result{}, err
	}
	return engine.Result{Detail: n.Text() + ": " + shown(value), Values: declare.Values(debugResult{value})}, nil
}

// shown is a value as a person reads it.
func shown(value any) string {
	if value == nil {
		return "null"
	}
	return vars.Text(value)
}
