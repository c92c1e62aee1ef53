package vars

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"text/template/parse"

	"github.com/slipway-build/slipway/sdk/diag"
)

// collect notes what a template refers to, as seen from its main part.
func collect(c *compiled) {
	w := walker{trees: c.trees, call: func(*parse.CommandNode) {}, loop: func(*parse.RangeNode) {}, print: func(*parse.ActionNode) {}}
	for _, m := range assignment.FindAllStringSubmatch(c.source, -1) {
		w.assigned = append(w.assigned, m[1])
	}
	w.visit = func(n parse.Node, at scene, soft bool) parse.Node {
		if v, ok := n.(*parse.VariableNode); ok {
			c.referVariable(v, w.variable(v.Ident[0], at), soft)
			return n
		}
		c.refer(n, at, soft)
		return n
	}
	root := spot{known: true}
	w.list(c.main.Root, scene{dot: root, dollar: root})
	for _, name := range slices.Sorted(maps.Keys(c.trees)) {
		c.checkTemplates(c.trees[name].Root)
	}
}

// refer notes what one operand refers to.
func (c *compiled) refer(n parse.Node, at scene, soft bool) {
	switch n := n.(type) {
	case *parse.DotNode:
		c.whole = c.whole || at.dot.isRoot()
	case *parse.FieldNode:
		from := int(n.Pos)
		if len(n.Ident) > 1 { // the parser gives it the position of its second name
			from -= len(n.Ident[0]) + 1
		}
		c.reference(at.dot.below(n.Ident), from, len(n.String()), soft)
	}
}

// assignment is {{ $x = … }}, which is no declaration.
var assignment = regexp.MustCompile(`(\$\w+)\s*=[^=]`)

// referVariable notes what a variable refers to, and the names below it.
func (c *compiled) referVariable(n *parse.VariableNode, is spot, soft bool) {
	if len(n.Ident) == 1 {
		c.whole = c.whole || is.isRoot()
		return
	}
	c.reference(is.below(n.Ident[1:]), int(n.Pos), len(n.String())-len(n.Ident[0]), soft)
}

func (c *compiled) reference(s spot, from, width int, soft bool) {
	if s.known {
		c.refs = append(c.refs, reference{path: s.path, from: from, to: from + width, soft: soft})
	}
}

// checkTemplates refuses {{ template }} of a name that nothing defines.
func (c *compiled) checkTemplates(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TemplateNode:
			c.checkTemplate(n)
		case *parse.IfNode:
			c.checkTemplates(n.List)
			c.checkTemplates(n.ElseList)
		case *parse.RangeNode:
			c.checkTemplates(n.List)
			c.checkTemplates(n.ElseList)
		case *parse.WithNode:
			c.checkTemplates(n.List)
			c.checkTemplates(n.ElseList)
		}
	}
}

func (c *compiled) checkTemplate(n *parse.TemplateNode) {
	if c.trees[n.Name] != nil && n.Name != mainName {
		return
	}
	defined := slices.DeleteFunc(slices.Sorted(maps.Keys(c.trees)), func(name string) bool { return name == mainName })
	fix := diag.Suggest(n.Name, defined)
	if fix == "" {
		fix = fmt.Sprintf("write {{ define %q }}…{{ end }} in the same text", n.Name)
	}
	from := int(n.Pos)
	c.mistakes = append(c.mistakes, mistake{from: from, to: from + len("template"), code: "unknown-template", summary: fmt.Sprintf("there is no template %q", n.Name), fix: fix})
}
