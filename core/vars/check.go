package vars

import (
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Check tells what is wrong with the templates of n before anything runs:
// syntax, unknown functions, and names that are neither defined nor among
// later, which are known only when the run gets there. Variables that n uses
// are looked into as well, however deep.
func (d Data) Check(n document.Node, later []string) diag.List {
	c := checker{data: d, later: later, seen: map[string]bool{}}
	c.node(n)
	return c.found
}

// CheckExpression is Check for a bare expression.
func (d Data) CheckExpression(n document.Node, later []string) diag.List {
	if _, ok := n.Value().(bool); ok {
		return nil
	}
	compiled, ds := d.compileExpression(n)
	if ds != nil {
		return ds
	}
	c := checker{data: d, later: later, seen: map[string]bool{}}
	c.names(compiled)
	return c.found
}

// A checker is one Check under way.
type checker struct {
	data  Data
	later []string
	seen  map[string]bool // variables that were looked into
	found diag.List
}

func (c *checker) node(n document.Node) {
	_, _ = document.Map(n, func(leaf document.Node) (document.Node, diag.List) {
		if !hasTemplate(leaf.Text()) {
			return leaf, nil
		}
		compiled, ds := c.data.compileText(leaf)
		c.found.Add(ds...)
		if ds == nil {
			c.names(compiled)
		}
		return leaf, nil
	})
}

// names looks at the first name of every reference: what is below it may
// depend on the run. What a run registers hides a variable of its name.
func (c *checker) names(t *compiled) {
	c.found.Add(c.data.checkSecrets(t)...)
	for _, ref := range t.refs {
		name := ref.path[0]
		switch {
		case slices.Contains(c.later, name):
		case c.data.defined(name):
			c.variable(name)
		case !ref.soft:
			c.found.Add(c.data.undefined(t, ref, 0, append(c.data.names(), c.later...)))
		}
	}
}

// variable looks into the definition of a variable, once.
func (c *checker) variable(name string) {
	if _, root := c.data.Roots[name]; root || c.seen[name] {
		return
	}
	c.seen[name] = true
	if def, ok := c.data.winner(name); ok {
		c.node(def.Value)
	}
}
