package vars

import (
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Late value is a mapping below a root that is asked for when a template
// names something of it, and not before: .image.facts, which a registry tells.
// Which names a template reads is known from its tree, so that no more is asked
// for. A template that takes the root as a whole does not see the mapping.
type Late struct {
	Root, Member string
	// Ask returns values by their names, at least those that are asked for.
	Ask func(names []string) (map[string]any, error)
	// Refused says why the mapping may not be read here; "" where it may.
	Refused string
}

// reads reports whether a reference is into the mapping.
func (l *Late) reads(ref reference) bool {
	return l != nil && len(ref.path) > 1 && ref.path[0] == l.Root && ref.path[1] == l.Member
}

// refuses reports whether a reference is into the mapping where it may not be.
func (l *Late) refuses(ref reference) bool { return l.reads(ref) && l.Refused != "" }

// checkLate tells of every reference to what may not be read here, also of
// those that have a value for when there is none.
func (d Data) checkLate(c *compiled, n document.Node) diag.List {
	var found diag.List
	for _, ref := range c.refs {
		if d.Late.refuses(ref) {
			found.Add(diag.Errorf("not-here", c.place(n, ref.from, ref.to), ".%s may not be read here", joinPath(ref.path)).WithFix("%s", d.Late.Refused))
		}
	}
	return found
}

// ask asks for what a template reads of the mapping; nil when it reads nothing.
func (d Data) ask(c *compiled, n document.Node) (map[string]any, diag.List) {
	var names []string
	var first *reference
	for _, ref := range c.refs {
		if !d.Late.reads(ref) {
			continue
		}
		if first == nil {
			first = &ref
		}
		if len(ref.path) > 2 {
			names = append(names, ref.path[2])
		} else {
			names = append(names, d.lateNames()...)
		}
	}
	if first == nil || d.Late.Ask == nil || d.Late.Refused != "" {
		return nil, nil
	}
	slices.Sort(names)
	values, err := d.Late.Ask(slices.Compact(names))
	if err != nil {
		return nil, diag.List{diag.Errorf("unknown-fact", c.place(n, first.from, first.to), "%v", err)}
	}
	return values, nil
}

// lateNames are all names of the mapping: its [Shape] stands among the roots.
func (d Data) lateNames() []string {
	root, _ := d.Roots[d.Late.Root].(map[string]any)
	shape, _ := root[d.Late.Member].(*Shape)
	return membersOf(shape)
}

// complete puts what was asked for into a copy of its root, in the place of
// the shape.
func (l *Late) complete(name string, root any, asked map[string]any) {
	about, ok := root.(map[string]any)
	if l == nil || !ok || name != l.Root {
		return
	}
	delete(about, l.Member)
	if asked != nil {
		about[l.Member] = clone(asked)
	}
}
