package vars

import (
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Check tells what is wrong with the templates of n before anything runs:
// syntax, unknown functions, and names that are neither defined nor among
// later, which are known only when the run gets there.
func (d Data) Check(n document.Node, later []string) diag.List {
	_, found := document.Map(n, func(leaf document.Node) (document.Node, diag.List) {
		if !hasTemplate(leaf.Text()) {
			return leaf, nil
		}
		c, ds := d.compileText(leaf)
		if ds != nil {
			return leaf, ds
		}
		return leaf, d.checkNames(c, later)
	})
	return found
}

// CheckExpression is Check for a bare expression.
func (d Data) CheckExpression(n document.Node, later []string) diag.List {
	if _, ok := n.Value().(bool); ok {
		return nil
	}
	c, ds := d.compileExpression(n)
	if ds != nil {
		return ds
	}
	return d.checkNames(c, later)
}

// checkNames looks at the first name of every reference: what is below it may
// depend on the run.
func (d Data) checkNames(c *compiled, later []string) diag.List {
	var found diag.List
	for _, ref := range c.refs {
		if ref.soft || d.defined(ref.path[0]) || slices.Contains(later, ref.path[0]) {
			continue
		}
		found.Add(d.undefined(c, ref, 0, append(d.names(), later...)))
	}
	return found
}
