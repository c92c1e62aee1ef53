package playbook

import (
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// defaults are, by action, arguments that every task of it has unless it gives
// them itself.
type defaults struct{ document.Node }

// DecodeNode reads the arguments.
func (d *defaults) DecodeNode(n document.Node) diag.List {
	if !n.IsZero() && n.Kind() != document.Mapping {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want actions with their arguments, found %s", n.Describe())}
	}
	d.Node = n
	var found diag.List
	for _, e := range n.Entries() {
		if e.Value.Kind() != document.Mapping {
			found.Add(diag.Errorf("wrong-type", e.Value.Pos(), "want arguments, found %s", e.Value.Describe()))
		}
	}
	return found
}

// under returns the arguments of a task with the defaults below them.
func (d defaults) under(action string, args document.Node) document.Node {
	if given := d.Get(action); given.Kind() == document.Mapping {
		return document.Overlay(args, given)
	}
	return args
}

// check refuses defaults for actions that do not exist, and warns of those
// that no task takes. The arguments are judged with those of each task.
func (d defaults) check(p *Play, known Actions) diag.List {
	used := map[string]bool{}
	for t := range Leaves(p.all()) {
		used[t.Action] = true
	}
	var found diag.List
	for _, e := range d.Entries() {
		action := e.Key.Text()
		if _, ok := known[action]; !ok {
			found.Add(unknownAction(e.Key, known))
		} else if !used[action] {
			found.Add(diag.Warningf("unused-defaults", e.Key.Pos(), "no task of the play has the action %q, so nothing takes these defaults", action))
		}
	}
	return found
}

func unknownAction(n document.Node, known Actions) diag.Diagnostic {
	d := diag.Errorf("unknown-action", n.Pos(), "there is no action %q", n.Text())
	if hint := diag.Suggest(n.Text(), known.names()); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("the actions are %s", list(known.names()))
}
