package playbook

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// pick looks at the name of a builder as it is read.
func (r *reader) pick(n document.Node) {
	if n.IsZero() || !r.static(n, "the name of a builder") {
		return
	}
	r.picked = append(r.picked, n)
	known := r.options.Builders
	if slices.Contains(known, n.Text()) {
		return
	}
	d := diag.Errorf("unknown-builder", n.Pos(), "there is no builder %q", n.Text())
	if hint := diag.Suggest(n.Text(), known); hint != "" {
		r.add(d.WithFix("%s", hint))
		return
	}
	r.add(d.WithFix("there are %s; slipway.yml names more below builders", strings.Join(known, ", ")))
}

// builder settles where the work of a task is done: nowhere that could be
// picked, unless the action builds.
func (r *reader) builder(t *Task, own document.Node) {
	if r.options.Actions[t.Action].Builds {
		return
	}
	t.On = document.Node{}
	if !own.IsZero() {
		r.picked = slices.DeleteFunc(r.picked, func(n document.Node) bool { return n == own })
		r.add(diag.Errorf("no-builder", own.Pos(), "%s does nothing on a builder", t.Action).WithFix("take on out: it is for %s", strings.Join(r.options.Actions.builders(), ", ")))
	}
}

// builders returns the names of the actions that work on a builder.
func (as Actions) builders() []string {
	return slices.DeleteFunc(as.names(), func(name string) bool { return !as[name].Builds })
}

// checkPicked refuses a builder that is picked for nothing: nothing inside of
// what picks it is built there.
func (r *reader) checkPicked(plays []*Play) {
	used := map[document.Node]bool{}
	for _, p := range plays {
		for t := range Walk(p.all()) {
			if r.options.Actions[t.Action].Builds {
				used[t.On] = true
			}
		}
	}
	for _, n := range r.picked {
		if !used[n] {
			r.add(diag.Errorf("no-builder", n.Pos(), "nothing is built on %s here", n.Text()).WithFix("take on out, or put it where images are built"))
		}
	}
}
