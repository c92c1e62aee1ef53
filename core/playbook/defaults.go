package playbook

import (
	"maps"
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// defaults are arguments that every task of an action has unless it gives them
// itself.
type defaults struct{ document.Node }

// DecodeNode reads the arguments.
func (d *defaults) DecodeNode(n document.Node) diag.List {
	d.Node = n
	if n.Kind() != document.Mapping {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want arguments, found %s", n.Describe())}
	}
	return nil
}

// defaultsOf returns the arguments of a task with the play's defaults below
// them.
func (p *playReader) defaultsOf(action string, args document.Node) document.Node {
	d, ok := p.defaults[action]
	if !ok {
		return args
	}
	p.used[action] = true
	return document.Overlay(args, d.Node)
}

// checkDefaults refuses defaults for actions that do not exist. The arguments
// are judged with those of each task.
func (r *reader) checkDefaults(written map[string]defaults) {
	for _, action := range slices.Sorted(maps.Keys(written)) {
		if _, ok := r.options.Actions[action]; !ok {
			r.add(unknownAction(action, written[action].Pos(), r.options.Actions))
			r.play.used[action] = true
		}
	}
}

// unusedDefaults warns of defaults that no task takes.
func (r *reader) unusedDefaults() {
	for _, action := range slices.Sorted(maps.Keys(r.play.defaults)) {
		if !r.play.used[action] {
			r.add(diag.Warningf("unused-defaults", r.play.defaults[action].Pos(), "no task of the play has the action %q, so nothing takes these defaults", action))
		}
	}
}

func unknownAction(name string, pos diag.Pos, known Actions) diag.Diagnostic {
	d := diag.Errorf("unknown-action", pos, "there is no action %q", name)
	if hint := diag.Suggest(name, known.names()); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("the actions are %s", list(known.names()))
}
