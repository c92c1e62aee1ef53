package vars

import (
	"maps"
	"slices"
	"text/template/parse"
)

// A walker goes through a template and shows its operands to visit, which
// answers what to put in their place.
type walker struct {
	trees map[string]*parse.Tree // to follow {{ template }} into; nil: not followed
	open  []string               // templates being walked

	assigned []string // variables that are given another value somewhere
	visit    func(n parse.Node, at scene, soft bool) parse.Node
	call     func(c *parse.CommandNode)
	loop     func(r *parse.RangeNode)
	print    func(a *parse.ActionNode)
}

// A scene is what the dot, the dollar and the template's own variables are in
// some part of it.
type scene struct {
	dot, dollar spot
	own         map[string]spot // "$x" → what it was declared to be
}

// declare returns the scene in which what a pipe declares is known as spot.
func (s scene) declare(p *parse.PipeNode, as spot) scene {
	if p == nil || len(p.Decl) == 0 || p.IsAssign {
		return s
	}
	own := maps.Clone(s.own)
	if own == nil {
		own = map[string]spot{}
	}
	for _, v := range p.Decl {
		own[v.Ident[0]] = as
	}
	s.own = own
	return s
}

// A spot is a value that is reached from the root by names. An unknown one
// depends on the run.
type spot struct {
	path  []string
	known bool
}

func (s spot) below(names []string) spot {
	return spot{path: slices.Concat(s.path, names), known: s.known}
}

// isRoot reports whether the spot is where everything begins.
func (s spot) isRoot() bool { return s.known && len(s.path) == 0 }

func (w *walker) list(l *parse.ListNode, at scene) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		w.node(n, at)
		if a, ok := n.(*parse.ActionNode); ok {
			at = at.declare(a.Pipe, w.leadsTo(a.Pipe, at))
		}
	}
}

func (w *walker) node(n parse.Node, at scene) {
	switch n := n.(type) {
	case *parse.ActionNode:
		w.pipe(n.Pipe, at, false)
		w.print(n)
	case *parse.IfNode:
		w.branch(&n.BranchNode, at, at.dot, w.leadsTo(n.Pipe, at))
	case *parse.RangeNode:
		w.branch(&n.BranchNode, at, spot{}, spot{})
		w.loop(n)
	case *parse.WithNode:
		to := w.leadsTo(n.Pipe, at)
		w.branch(&n.BranchNode, at, to, to)
	case *parse.TemplateNode:
		w.template(n, at)
	}
}

// branch walks a body that has a dot of its own, and knows what its pipe
// declares.
func (w *walker) branch(n *parse.BranchNode, at scene, dot, declared spot) {
	w.pipe(n.Pipe, at, false)
	at = at.declare(n.Pipe, declared)
	inner := at
	inner.dot = dot
	w.list(n.List, inner)
	w.list(n.ElseList, at)
}

// template walks what {{ template }} names, with its argument for dot and
// dollar. The bare dot as an argument asks for nothing by itself.
func (w *walker) template(n *parse.TemplateNode, at scene) {
	spot := w.leadsTo(n.Pipe, at)
	if !spot.isRoot() {
		w.pipe(n.Pipe, at, false)
	}
	tree := w.trees[n.Name]
	if tree == nil || slices.Contains(w.open, n.Name) {
		return
	}
	w.open = append(w.open, n.Name)
	w.list(tree.Root, scene{dot: spot, dollar: spot})
	w.open = w.open[:len(w.open)-1]
}

// leadsTo returns the spot that a pipe is, if it is nothing but names.
func (w *walker) leadsTo(p *parse.PipeNode, at scene) spot {
	if p == nil || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return spot{}
	}
	switch n := p.Cmds[0].Args[0].(type) {
	case *parse.DotNode:
		return at.dot
	case *parse.FieldNode:
		return at.dot.below(n.Ident)
	case *parse.VariableNode:
		return w.variable(n.Ident[0], at).below(n.Ident[1:])
	case *parse.PipeNode:
		return w.leadsTo(n, at)
	}
	return spot{}
}

// variable returns what a variable of the template is. One that is given
// another value somewhere may be anything.
func (w *walker) variable(name string, at scene) spot {
	switch {
	case name == "$":
		return at.dollar
	case slices.Contains(w.assigned, name):
		return spot{}
	default:
		return at.own[name]
	}
}

// pipe walks commands; what is piped into a soft function is soft.
func (w *walker) pipe(p *parse.PipeNode, at scene, soft bool) {
	if p == nil {
		return
	}
	for i, cmd := range p.Cmds {
		next := soft && i == len(p.Cmds)-1
		if i+1 < len(p.Cmds) && len(cmd.Args) == 1 {
			next = softArgument(functionName(p.Cmds[i+1]), 0, 0)
		}
		w.command(cmd, at, next, i > 0)
	}
}

// command walks arguments. What is piped into a command is its last argument,
// after those that are written.
func (w *walker) command(c *parse.CommandNode, at scene, soft, piped bool) {
	w.call(c)
	name := functionName(c)
	last := len(c.Args) - 1
	if piped {
		last++
	}
	for i, arg := range c.Args {
		c.Args[i] = w.operand(arg, at, soft && len(c.Args) == 1 || i > 0 && softArgument(name, i, last))
	}
}

func (w *walker) operand(n parse.Node, at scene, soft bool) parse.Node {
	switch n := n.(type) {
	case *parse.PipeNode:
		w.pipe(n, at, soft)
		return n
	case *parse.ChainNode:
		n.Node = w.operand(n.Node, at, soft)
	}
	return w.visit(n, at, soft)
}

func functionName(c *parse.CommandNode) string {
	if id, ok := c.Args[0].(*parse.IdentifierNode); ok {
		return id.Ident
	}
	return ""
}

// softArgument tells the functions that take an undefined value for an empty
// one, and which of their arguments may be undefined: all, or the last alone.
// The fallback of a default must be there.
func softArgument(function string, i, last int) bool {
	switch function {
	case "coalesce", "empty":
		return true
	case "default", "ifUndefined", "required":
		return i == last
	default:
		return false
	}
}
