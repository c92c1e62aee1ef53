package vars

import (
	"maps"
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Check tells what is wrong with the templates of n before anything runs:
// syntax, unknown functions, and names that are neither defined nor among
// later. Names below a name are looked at as far as they are known. Variables
// that n uses are looked into as well, however deep; a mistake in them is told
// once, with the way that led there in its Detail.
func (d Data) Check(n document.Node, later Later) diag.List {
	c := checker{data: d, templates: d.templates(), later: later}
	c.node(n, nil)
	return c.found
}

// CheckExpression is Check for a bare expression.
func (d Data) CheckExpression(n document.Node, later Later) diag.List {
	if _, ok := n.Value().(bool); ok {
		return nil
	}
	c := checker{data: d, templates: d.templates(), later: later}
	compiled, ds := c.templates.expression(n)
	c.found.Add(c.dotted(compiled, ds)...)
	if compiled != nil {
		c.names(compiled, n, nil)
	}
	return c.found
}

// CheckCondition is CheckExpression for one that must be true or false: a lone
// variable is looked at, for it is the same when the run gets there.
func (d Data) CheckCondition(n document.Node, later Later) diag.List {
	found := d.CheckExpression(n, later)
	if value, known := d.plain(n, later); found == nil && known {
		if _, truth := value.Value().(bool); !truth {
			_, found = d.True(n)
		}
	}
	return found
}

// plain returns what a sound expression comes to that is nothing but a variable,
// or a name below one, as far as no task makes it and no template: it is the same
// whoever asks, and looking at it costs nothing.
func (d Data) plain(n document.Node, later Later) (document.Node, bool) {
	c, ds := d.templates().expression(n)
	if ds != nil || len(c.refs) != 1 || len(c.functions) > 0 || c.refs[0].soft {
		return n, false
	}
	path := c.refs[0].path
	_, made := later[path[0]]
	_, root := d.Roots[path[0]]
	if made || root || !d.defined(path[0]) {
		return n, false
	}
	value := d.Scope.Value(path[0])
	for _, name := range path[1:] {
		value = value.Get(name)
	}
	return value, value.Kind() != document.Absent && !hasTemplate(value.Text())
}

// CheckList is Check for what a loop goes over: a list, or a bare expression. A
// lone variable is looked at.
func (d Data) CheckList(n document.Node, later Later) diag.List {
	switch n.Kind() {
	case document.Sequence:
		return d.Check(n, later)
	case document.Scalar:
		found := d.CheckExpression(n, later)
		if value, known := d.plain(n, later); found == nil && known && value.Kind() != document.Sequence {
			_, found = d.List(n)
		}
		return found
	default:
		return diag.List{diag.Errorf("not-a-list", n.Pos(), "a loop goes over a list, found %s", n.Describe()).
			WithFix("write a list, or an expression that comes to one")}
	}
}

// A checker is one Check under way.
type checker struct {
	data      Data
	templates *Templates
	later     Later
	seen      map[string]bool // variables that were looked into
	found     diag.List
}

func (c *checker) node(n document.Node, through chain) {
	document.Walk(n, func(leaf document.Node) {
		if !hasTemplate(leaf.Text()) {
			return
		}
		compiled, ds := c.templates.text(leaf)
		c.found.Add(through.explain(c.dotted(compiled, ds))...)
		c.names(compiled, leaf, through)
	})
}

// dotted gives the mistakes of a template better advice where what was called is
// the name of a variable.
func (c *checker) dotted(t *compiled, ds diag.List) diag.List {
	for i := range ds {
		if t == nil || t.mistakes[i].name == "" {
			continue
		}
		name := t.mistakes[i].name
		if _, later := c.later[name]; later || c.data.defined(name) {
			ds[i].Fix = "a variable begins with a dot: ." + name
		}
	}
	return ds
}

// names looks at every reference of the template of n. What a run registers
// hides a variable of its name that was not given with -e. What can never be
// below a result is a mistake even where default waits for it.
func (c *checker) names(t *compiled, n document.Node, through chain) {
	c.found.Add(through.explain(c.data.checkSecrets(t, n))...)
	c.found.Add(through.explain(c.data.checkLate(t, n))...)
	for _, ref := range t.refs {
		name := ref.path[0]
		if shape, later := c.later[name]; later && !c.data.given(name) {
			c.found.Add(through.explain(c.data.below(t, n, ref, shape))...)
			continue
		}
		if (!ref.soft || c.data.Late.reads(ref)) && !c.data.Late.refuses(ref) {
			c.reference(t, n, ref, through)
		}
		if _, root := c.data.Roots[name]; !root && c.data.defined(name) {
			c.variable(append(slices.Clip(through), use{name: name, at: t.place(n, ref.from, ref.to)}))
		}
	}
}

// reference follows names as far as they are known.
func (c *checker) reference(t *compiled, n document.Node, ref reference, through chain) {
	var start any
	if root, ok := c.data.Roots[ref.path[0]]; ok {
		start = root
	} else if len(ref.path) > 1 && c.data.defined(ref.path[0]) {
		start = c.data.Scope.Value(ref.path[0])
	}
	for _, d := range c.data.follow(t, n, ref, start) {
		if !c.data.defined(ref.path[0]) {
			d = c.nearest(d, ref.path[0])
		}
		c.found.Add(through.explain(diag.List{d})...)
	}
}

// nearest suggests names that the run makes known as well.
func (c *checker) nearest(d diag.Diagnostic, name string) diag.Diagnostic {
	if _, ok := c.data.Elsewhere[name]; ok {
		return d
	}
	if jinjaName(name) != "" {
		return d
	}
	if hint := diag.Suggest(name, slices.Concat(c.data.names(), slices.Sorted(maps.Keys(c.later)))); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d
}

// variable looks into the definition of the last one used, once.
func (c *checker) variable(through chain) {
	if loop := through.loop(); loop != nil {
		d := c.data.recursive(loop)
		if !slices.Contains(c.found, d) {
			c.found.Add(d)
		}
		return
	}
	name := through[len(through)-1].name
	if c.seen[name] {
		return
	}
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[name] = true
	c.node(c.data.Scope.Value(name), through)
}
