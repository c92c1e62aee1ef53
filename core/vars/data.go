package vars

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Data is what templates see for one image: variables by name, and beside them
// roots such as .image that only slipway sets.
//
// A text that is one action, "{{ .platforms }}", keeps the type of its value; a
// text with more in it becomes text. An undefined name is an error with its
// place and the nearest name, except where it is asked about with default,
// coalesce, empty or required. A variable may be made of other variables; it
// is expanded when it is needed. Templates get copies: none can change what
// another one sees.
type Data struct {
	Scope   *Scope
	Roots   map[string]any // image, images, groups, play, run, and registered names
	Now     time.Time      // what the clock says for the whole run
	Secrets Secrets        // nil where a template feeds a build: there are none

	// Elsewhere holds names that mean something in other places only, and what
	// to tell of them: "item" → "it exists inside of a loop only".
	Elsewhere map[string]string
}

// With returns d with more roots.
func (d Data) With(roots map[string]any) Data {
	all := maps.Clone(d.Roots)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, roots)
	d.Roots = all
	return d
}

// Expand returns n with its templates expanded, however deep they are.
func (d Data) Expand(n document.Node) (document.Node, diag.List) { return d.expand(n, nil) }

// Eval returns the value of a bare expression.
func (d Data) Eval(n document.Node) (any, diag.List) {
	if value, ok := n.Value().(bool); ok {
		return value, nil
	}
	c, ds := d.compileExpression(n)
	if ds != nil {
		return nil, ds
	}
	return d.run(c, nil)
}

// True decides a condition. A value that is neither true nor false is an
// error: "yes", 0 and "" are not read as one or the other.
func (d Data) True(n document.Node) (bool, diag.List) {
	value, ds := d.Eval(n)
	if ds != nil {
		return false, ds
	}
	truth, ok := value.(bool)
	if !ok {
		return false, diag.List{diag.Errorf("not-boolean", n.Pos(), "a condition must be true or false, and %s is %v (%T)", n.Text(), value, value).
			WithFix(`compare it: eq %s "…", or ask whether it is there: not (empty %s)`, n.Text(), n.Text())}
	}
	return truth, nil
}

// Value returns a variable, expanded.
func (d Data) Value(name string) (any, diag.List) { return d.value(name, nil) }

// expand expands n; chain names the variables being expanded.
func (d Data) expand(n document.Node, chain []string) (document.Node, diag.List) {
	return document.Map(n, func(leaf document.Node) (document.Node, diag.List) {
		if !hasTemplate(leaf.Text()) {
			return leaf, nil
		}
		c, ds := d.compileText(leaf)
		if ds != nil {
			return leaf, ds
		}
		value, ds := d.run(c, chain)
		if ds != nil {
			return leaf, ds
		}
		return document.Of(value, leaf.Pos()), nil
	})
}

// run gathers what a template refers to and executes it.
func (d Data) run(c *compiled, chain []string) (any, diag.List) {
	data, ds := d.gather(c, chain)
	if ds != nil {
		return nil, ds
	}
	value, err := c.execute(data)
	if err != nil {
		return nil, diag.List{diag.Errorf("template", c.node.Pos(), "expanding %q: %v", shorten(c.node.Text()), err)}
	}
	return value, nil
}

func shorten(text string) string {
	if line, _, more := strings.Cut(text, "\n"); more {
		return line + "…"
	}
	return text
}

// gather returns the variables and roots that a template needs, and tells of
// every reference that leads nowhere.
func (d Data) gather(c *compiled, chain []string) (map[string]any, diag.List) {
	data := map[string]any{}
	found := d.checkSecrets(c)
	if c.whole {
		for _, name := range d.names() {
			value, ds := d.value(name, chain)
			found.Add(ds...)
			data[name] = value
		}
	}
	for _, ref := range c.refs {
		root := ref.path[0]
		if _, have := data[root]; !have && d.defined(root) {
			value, ds := d.value(root, chain)
			found.Add(ds...)
			data[root] = value
		}
		if !ref.soft && found == nil {
			found.Add(d.follow(c, ref, data)...)
		}
	}
	return data, found
}

// follow looks whether a reference leads to a value, and says at which name it
// stops if not.
func (d Data) follow(c *compiled, ref reference, data map[string]any) diag.List {
	var at any = data
	for i, name := range ref.path {
		next, ok := member(at, name)
		if ok {
			at = next
			continue
		}
		m, isMap := at.(map[string]any)
		if i > 0 && !isMap {
			return nil // a field or method of another type: the template will say
		}
		known := slices.Sorted(maps.Keys(m))
		if i == 0 {
			known = d.names()
		}
		return diag.List{d.undefined(c, ref, i, known)}
	}
	return nil
}

func (d Data) undefined(c *compiled, ref reference, level int, known []string) diag.Diagnostic {
	full := "." + strings.Join(ref.path, ".")
	u := diag.Errorf("undefined-variable", c.pos(ref.offset, len(full)), "undefined variable %s", full)
	if why, ok := d.Elsewhere[ref.path[0]]; ok && level == 0 {
		return u.WithFix("%s", why)
	}
	if level > 0 {
		u.Summary = fmt.Sprintf("undefined variable %s: .%s has no %q", full, strings.Join(ref.path[:level], "."), ref.path[level])
	}
	if hint := diag.Suggest(ref.path[level], known); hint != "" {
		return u.WithFix("%s", hint)
	}
	return u.WithFix("define it, or give it a value where it is missing: %s | default \"…\"", full)
}

// value returns a root or a variable, expanded, as a copy.
func (d Data) value(name string, chain []string) (any, diag.List) {
	if value, ok := d.Roots[name]; ok {
		return clone(value), nil
	}
	def, ok := d.winner(name)
	if !ok {
		return nil, diag.List{{Code: "undefined-variable", Summary: fmt.Sprintf("undefined variable .%s", name)}}
	}
	if at := slices.Index(chain, name); at >= 0 {
		loop := append(slices.Clone(chain[at:]), name)
		return nil, diag.List{diag.Errorf("recursive-variable", def.Value.Pos(), "the variable %q is made of itself: %s", name, strings.Join(loop, " -> "))}
	}
	n, ds := d.expand(def.Value, append(slices.Clone(chain), name))
	return n.Value(), ds
}

func (d Data) winner(name string) (Definition, bool) {
	if d.Scope == nil {
		return Definition{}, false
	}
	return d.Scope.Winner(name)
}

func (d Data) defined(name string) bool {
	if _, ok := d.Roots[name]; ok {
		return true
	}
	_, ok := d.winner(name)
	return ok
}

func (d Data) names() []string {
	names := slices.Collect(maps.Keys(d.Roots))
	if d.Scope != nil {
		names = append(names, d.Scope.Names()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
