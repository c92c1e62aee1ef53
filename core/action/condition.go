package action

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A condition is an expression without braces, as one step sees it.
type condition struct {
	step engine.Step
	node document.Node
}

func expressionOf(step engine.Step, n document.Node) condition { return condition{step, n} }

// value expands an expression.
func (c condition) value(expression string) (any, diag.List) {
	n, ds := c.step.Expand(document.Of("{{ "+expression+" }}", c.node.Pos()))
	return n.Value(), ds
}

// holds decides the condition.
func (c condition) holds() (bool, error) {
	if truth, ok := c.node.Value().(bool); ok {
		return truth, nil
	}
	value, ds := c.value(c.node.Text())
	if err := ds.Err(); err != nil {
		return false, err
	}
	truth, ok := value.(bool)
	if !ok {
		return false, diag.Errorf("not-boolean", c.node.Pos(), "a condition must be true or false, and %s is %v (%T)", c.node.Text(), value, value).
			WithFix(`compare it: eq %s "…", or ask whether it is there: not (empty %s)`, c.node.Text(), c.node.Text())
	}
	return truth, nil
}

// explain says that the condition does not hold, and what it saw:
//
//	"ge .replicas 2" does not hold: .replicas is 1
func (c condition) explain() string {
	text := fmt.Sprintf("%q does not hold", c.node.Text())
	var saw []string
	for _, name := range references(c.node.Text()) {
		value, ds := c.value(name)
		if ds.Err() != nil {
			saw = append(saw, name+" is not defined")
			continue
		}
		shown := shown(value)
		if _, isText := value.(string); isText {
			shown = fmt.Sprintf("%q", shown)
		}
		saw = append(saw, name+" is "+shown)
	}
	if len(saw) > 0 {
		text += ": " + strings.Join(saw, ", ")
	}
	return text
}

// references returns the variables that an expression looks at, each once, in
// the order in which they are written.
func references(expression string) []string {
	tree := parse.New("expression")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse("{{ "+expression+" }}", "", "", map[string]*parse.Tree{}); err != nil {
		return nil
	}
	var names []string
	for _, n := range tree.Root.Nodes {
		names = append(names, referencesIn(n)...)
	}
	slices.SortStableFunc(names, func(a, b string) int { return strings.Index(expression, a) - strings.Index(expression, b) })
	return slices.Compact(names)
}

func referencesIn(n parse.Node) (names []string) {
	switch n := n.(type) {
	case *parse.ActionNode:
		return referencesIn(n.Pipe)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			names = append(names, referencesIn(command)...)
		}
	case *parse.CommandNode:
		for _, argument := range n.Args {
			names = append(names, referencesIn(argument)...)
		}
	case *parse.FieldNode:
		return []string{n.String()}
	}
	return names
}
