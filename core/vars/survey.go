package vars

import (
	"fmt"
	"maps"
	"slices"
	"text/template"
	"text/template/parse"

	"github.com/slipway-build/slipway/sdk/diag"
)

// survey goes through all parts of a template, whether they are reached or
// not. It notes the functions that are called, and puts look-ups that may fail
// in the place of soft references, and bounds what loops count up to.
func survey(c *compiled, functions template.FuncMap) {
	w := walker{loop: bounded, print: c.printed, call: func(cmd *parse.CommandNode) {
		c.infix(cmd)
		c.noteCall(cmd)
		c.secretUse(cmd)
	}}
	w.visit = func(n parse.Node, _ scene, soft bool) parse.Node {
		if id, ok := n.(*parse.IdentifierNode); ok {
			c.function(id, functions)
		}
		if soft {
			return softened(n)
		}
		return n
	}
	for _, name := range slices.Sorted(maps.Keys(c.trees)) {
		w.list(c.trees[name].Root, scene{})
	}
	c.mistakes = slices.DeleteFunc(c.mistakes, c.explained)
	slices.Sort(c.functions)
	c.functions = slices.Compact(c.functions)
}

// function notes a call, and tells of a function that there is not.
func (c *compiled) function(id *parse.IdentifierNode, functions template.FuncMap) {
	_, known := functions[id.Ident]
	if known || slices.Contains(builtins(), id.Ident) {
		c.functions = append(c.functions, id.Ident)
		return
	}
	from := int(id.Pos)
	m := mistake{from: from, to: from + len(id.Ident), name: id.Ident, code: "unknown-function", summary: fmt.Sprintf("there is no function %q", id.Ident)}
	if why, ok := removed(id.Ident); ok {
		m.summary, m.fix = fmt.Sprintf("the function %q is not offered: %s", id.Ident, why.reason), why.instead
	} else if m.fix = jinjaName(id.Ident); m.fix == "" {
		m.fix = diag.Suggest(id.Ident, slices.Concat(slices.Collect(maps.Keys(functions)), builtins()))
	}
	if m.fix == "" {
		m.fix = "a variable begins with a dot: ." + id.Ident
	}
	c.mistakes = append(c.mistakes, m)
}

// printed makes {{ __text (pipe) }} of {{ pipe }}, where its value becomes text.
func (c *compiled) printed(a *parse.ActionNode) {
	if !c.native && len(a.Pipe.Decl) == 0 {
		a.Pipe = pipeOf(a.Pos, parse.NewIdentifier("__text").SetPos(a.Pos), a.Pipe)
	}
}

// bounded makes {{ range pipe | __bounded }} of {{ range pipe }}.
func bounded(r *parse.RangeNode) {
	call := parse.NewIdentifier("__bounded").SetPos(r.Pos)
	r.Pipe.Cmds = append(r.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: r.Pos, Args: []parse.Node{call}})
}

// softened is (__soft start "a" "b") for a chain of names: nil where there is
// no such value.
func softened(n parse.Node) parse.Node {
	switch n := n.(type) {
	case *parse.FieldNode:
		return softLookup(n.Pos, &parse.DotNode{NodeType: parse.NodeDot, Pos: n.Pos}, n.Ident)
	case *parse.VariableNode:
		if len(n.Ident) > 1 {
			return softLookup(n.Pos, &parse.VariableNode{NodeType: parse.NodeVariable, Pos: n.Pos, Ident: n.Ident[:1]}, n.Ident[1:])
		}
	case *parse.ChainNode:
		return softLookup(n.Pos, n.Node, n.Field)
	}
	return n
}

func softLookup(pos parse.Pos, start parse.Node, path []string) parse.Node {
	args := []parse.Node{parse.NewIdentifier("__soft").SetPos(pos), start}
	for _, name := range path {
		args = append(args, &parse.StringNode{NodeType: parse.NodeString, Pos: pos, Quoted: `"` + name + `"`, Text: name})
	}
	return pipeOf(pos, args...)
}

// pipeOf is a call in brackets.
func pipeOf(pos parse.Pos, args ...parse.Node) *parse.PipeNode {
	cmd := &parse.CommandNode{NodeType: parse.NodeCommand, Pos: pos, Args: args}
	return &parse.PipeNode{NodeType: parse.NodePipe, Pos: pos, Cmds: []*parse.CommandNode{cmd}}
}
