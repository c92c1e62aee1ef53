package action

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Assert is the action that fails unless expressions hold, and then shows what
// each of them saw.
type Assert struct{}

// assertArgs are the arguments of `assert`.
type assertArgs struct {
	That       []document.Node `yaml:"that" doc:"expressions without braces, as in when, that must all hold; it must be given" example:"[ge .replicas 2, ne .owner \"\"]"`
	FailMsg    string          `yaml:"fail_msg" doc:"what is said before the expressions that do not hold"`
	SuccessMsg string          `yaml:"success_msg" default:"all hold" doc:"what is said when all of them hold"`
	Quiet      bool            `yaml:"quiet" default:"false" doc:"say nothing when all of them hold"`
}

// assertResult is what is registered of `assert`.
type assertResult struct {
	Broken []string `yaml:"broken" doc:"the expressions that do not hold"`
}

// Declare declares the action.
func (Assert) Declare() declare.Action {
	return declare.Action{
		Name:    "assert",
		Summary: "fail unless expressions hold",
		Alone:   "that",
		About:   "Every expression that does not hold is shown with the values that it saw.",
		Args:    new(assertArgs), Result: new(assertResult),
		Check:    "The same.",
		Examples: []string{"assert:\n  that:\n    - ge .replicas 2\n    - ne .owner \"\"\n  fail_msg: \"{{ .image.name }} is not ready for production\""},
		Rule:     checkExpressions,
	}
}

// checkExpressions judges the form of expressions; what they mean is judged
// where the variables are known.
func checkExpressions(args document.Node) diag.List {
	var found diag.List
	all := Assert{}.Expressions(args)
	for _, n := range all {
		if n.Kind() != document.Scalar || n.Text() == "" {
			found.Add(diag.Errorf("wrong-type", n.Pos(), "want a condition, found %s", n.Describe()).WithFix(`write an expression: eq .image.name "web"`))
		}
	}
	if len(all) == 0 {
		found.Add(diag.Errorf("missing-key", args.Pos(), "assert has nothing to look at").WithFix(`write assert: { that: eq .image.name "web" }`))
	}
	return found
}

// Expressions returns the conditions, for the check of their templates before
// the run.
func (Assert) Expressions(args document.Node) []document.Node { return args.Get("that").List() }

// Run looks at the conditions of a step.
func (Assert) Run(_ context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[assertArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	var broken, reasons []string
	for _, condition := range args.That {
		e := expressionOf(step, condition)
		holds, err := e.holds()
		if err != nil {
			return engine.Result{}, err
		}
		if !holds {
			broken, reasons = append(broken, condition.Text()), append(reasons, e.explain())
		}
	}
	result := engine.Result{Values: declare.Values(assertResult{broken})}
	switch {
	case len(broken) > 0 && args.FailMsg != "":
		return result, fmt.Errorf("%s\n%s", args.FailMsg, strings.Join(reasons, "\n"))
	case len(broken) > 0:
		return result, errors.New(strings.Join(reasons, "\n"))
	case !args.Quiet:
		result.Detail = args.SuccessMsg
	}
	return result, nil
}
