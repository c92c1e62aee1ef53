package action

import (
	"context"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// SetVar is the action that defines variables of the image for the rest of the
// run. Their names are written out, so that a mistyped use of one is found
// before the run.
type SetVar struct{}

// setVarResult is what is registered of `set_var`.
type setVarResult struct {
	Vars map[string]any `yaml:"vars" doc:"the variables with their values"`
}

// Declare declares the action.
func (SetVar) Declare() declare.Action {
	return declare.Action{
		Name:    "set_var",
		Summary: "define variables of the image for the rest of the run",
		About: "Every key is the name of a variable. Tasks that come later, also in later plays, see its value instead of what the inventory " +
			"and the playbook say; only -e is stronger. A text that is one template keeps the type of its value.",
		Args: new(struct{}), Free: "the name of a variable, with its value", Result: new(setVarResult),
		Check:    "The same: variables are not kept anywhere.",
		Examples: []string{"set_var:\n  candidate: \"test-{{ .run.id }}\"\n  ports: [8080, 8443]"},
		Rule:     checkVariables,
	}
}

func checkVariables(args document.Node) diag.List {
	var found diag.List
	for _, e := range args.Entries() {
		found.Add(vars.CheckName(e.Key)...)
	}
	if len(args.Entries()) == 0 {
		found.Add(diag.Errorf("missing-key", args.Pos(), "set_var sets no variable").WithFix("write set_var: { name: value }"))
	}
	return found
}

// Defines returns the names of the variables, for the check of the templates
// of later tasks.
func (SetVar) Defines(args document.Node) []string {
	var names []string
	for _, e := range args.Entries() {
		names = append(names, e.Key.Text())
	}
	return names
}

// Run sets the variables of a step.
func (s SetVar) Run(_ context.Context, step engine.Step) (engine.Result, error) {
	set := map[string]any{}
	for _, e := range step.Args.Entries() {
		set[e.Key.Text()] = e.Value.Value()
	}
	names := slices.Sorted(slices.Values(s.Defines(step.Args)))
	return engine.Result{Verb: "set", Detail: strings.Join(names, ", "), Values: declare.Values(setVarResult{set}), Vars: set}, nil
}
