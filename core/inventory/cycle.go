package inventory

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// checkGroups refuses children that nothing defines, and groups that contain
// themselves; it cuts those ties, so that the rest can be looked at.
func (l *loader) checkGroups() {
	w := groupWalk{groups: l.inv.groups, state: map[string]walkState{}}
	for _, name := range l.inv.groups.names() {
		l.checkChildren(l.inv.groups[name])
	}
	for _, name := range l.inv.groups.names() {
		w.visit(name)
	}
	l.found.Add(w.found...)
}

// checkChildren refuses names of children, as programs print them, that no
// source tells more of.
func (l *loader) checkChildren(g *group) {
	g.children = slices.DeleteFunc(g.children, func(c child) bool {
		if l.inv.groups[c.name] != nil {
			return false
		}
		d := diag.Errorf("unknown-group", c.pos, "there is no group %q", c.name)
		hint := diag.Suggest(c.name, l.inv.groups.names())
		if hint == "" {
			hint = "define it, or take the name out"
		}
		l.found.Add(d.WithFix("%s", hint))
		return true
	})
}

type walkState int

const (
	untouched walkState = iota
	open
	done
)

// A groupWalk goes down from group to group, each once.
type groupWalk struct {
	groups groups
	state  map[string]walkState
	path   []string
	found  diag.List
}

func (w *groupWalk) visit(name string) {
	w.state[name] = open
	w.path = append(w.path, name)
	g := w.groups[name]
	g.children = slices.DeleteFunc(g.children, func(c child) bool {
		if w.state[c.name] == untouched {
			w.visit(c.name)
		}
		if w.state[c.name] != open {
			return false
		}
		circle := slices.Concat(w.path[slices.Index(w.path, c.name):], []string{c.name})
		w.found.Add(diag.Errorf("group-cycle", c.pos, "groups contain each other: %s", strings.Join(circle, " -> ")).
			WithFix("take %q out of the children of %q", c.name, name))
		return true
	})
	w.path = w.path[:len(w.path)-1]
	w.state[name] = done
}
