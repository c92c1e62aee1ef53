package vars

import (
	"errors"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A compiled template knows what it refers to.
type compiled struct {
	node     document.Node
	source   string // what was parsed
	shift    int    // bytes that compiling put before the node's text
	template *template.Template
	refs     []reference
	secrets  []secretUse
	whole    bool // needs every variable: it uses the dot itself
	native   bool // its value is captured, not printed
}

// A reference is a chain of names that starts at the root: .image.name.
type reference struct {
	path   []string
	offset int  // into source
	soft   bool // may be undefined
}

// hasTemplate reports whether text is anything but itself.
func hasTemplate(text string) bool { return strings.Contains(text, "{{") }

// compileText compiles a scalar. "{{ expression }}" alone keeps the value's own
// type; anything else becomes text.
func (d Data) compileText(n document.Node) (*compiled, diag.List) {
	text := n.Text()
	if inner, ok := soleAction(text); ok {
		c, ds := d.compile(n, "{{ __value ("+inner+") }}", true)
		if len(ds) == 0 {
			c.shift = len("{{ __value (") - strings.Index(text, inner)
			return c, nil
		}
	}
	return d.compile(n, text, false)
}

// compileExpression compiles a bare expression, without braces.
func (d Data) compileExpression(n document.Node) (*compiled, diag.List) {
	if hasTemplate(n.Text()) {
		return nil, diag.List{diag.Errorf("braces", n.Pos(), "a condition is an expression already, and %q has braces", n.Text()).
			WithFix("take {{ and }} away")}
	}
	c, ds := d.compile(n, "{{ __value ("+n.Text()+") }}", true)
	if c != nil {
		c.shift = len("{{ __value (")
	}
	return c, ds
}

// soleAction returns what is between the braces of a text that is one action.
func soleAction(text string) (string, bool) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(text), "{{")
	if !ok {
		return "", false
	}
	inner, ok = strings.CutSuffix(inner, "}}")
	if !ok || strings.Contains(inner, "{{") || strings.Contains(inner, "}}") {
		return "", false
	}
	inner = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(inner, "-"), "-"))
	for _, word := range []string{"if", "range", "with", "define", "template", "block", "end", "else", "break", "continue", "/*"} {
		if inner == word || strings.HasPrefix(inner, word+" ") {
			return "", false
		}
	}
	return inner, inner != "" && !strings.HasPrefix(inner, "$") || strings.HasPrefix(inner, "$.")
}

func (d Data) compile(n document.Node, source string, native bool) (*compiled, diag.List) {
	t, err := template.New("value").Funcs(functions(d.Now)).Funcs(d.secretFunction()).Option("missingkey=error").Parse(source)
	if err != nil {
		return nil, diag.List{diag.Errorf("template", n.Pos(), "%s", parseMessage(err))}
	}
	c := &compiled{node: n, source: source, template: t, native: native}
	if t.Tree != nil {
		w := walker{c: c}
		w.list(t.Root, true)
	}
	return c, nil
}

// parseMessage is a parse error without the template's made-up name.
func parseMessage(err error) string {
	_, message, ok := strings.Cut(err.Error(), "template: value:")
	if !ok {
		return err.Error()
	}
	if _, after, ok := strings.Cut(message, ": "); ok {
		message = after
	}
	return message
}

// pos is the place of an offset into the source: exact in a text on one line,
// else the place of the whole text.
func (c *compiled) pos(offset, width int) diag.Pos {
	pos := c.node.Pos()
	text := c.node.Text()
	at := offset - c.shift
	if at < 0 || at > len(text) || strings.Contains(text, "\n") || pos.Column == 0 {
		return pos
	}
	pos.Column += utf8.RuneCountInString(text[:at])
	if pos.End-c.node.Pos().Column >= utf8.RuneCountInString(text)+2 {
		pos.Column++ // the quote
	}
	pos.End = pos.Column + width
	return pos
}

// execute runs the template over data.
func (c *compiled) execute(data map[string]any) (any, error) {
	t, err := c.template.Clone()
	if err != nil {
		return nil, err
	}
	var value any
	t.Funcs(template.FuncMap{"__value": func(v any) string { value = v; return "" }})
	var out strings.Builder
	if err := t.Execute(&out, data); err != nil {
		return nil, executionError(err)
	}
	if c.native {
		return value, nil
	}
	return out.String(), nil
}

// executionError takes the wrapping of text/template off.
func executionError(err error) error {
	if exec, ok := errors.AsType[template.ExecError](err); ok {
		if inner := errors.Unwrap(exec.Err); inner != nil {
			return inner
		}
		message := exec.Err.Error()
		if _, after, ok := strings.Cut(message, ">: "); ok {
			return errors.New(after)
		}
	}
	return err
}

// A walker collects the references of a template and softens those that are
// asked about with default and its like.
type walker struct{ c *compiled }

// soft are the functions that take an undefined value for an empty one, and
// which of their arguments may be undefined: all, or the last alone.
func softArgument(function string, i, last int) bool {
	switch function {
	case "coalesce", "empty":
		return true
	case "default", "required":
		return i == last
	default:
		return false
	}
}

func (w *walker) list(l *parse.ListNode, root bool) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		w.node(n, root)
	}
}

// node walks n; root says whether the dot is the root here.
func (w *walker) node(n parse.Node, root bool) {
	switch n := n.(type) {
	case *parse.ActionNode:
		w.pipe(n.Pipe, root, false)
	case *parse.IfNode:
		w.pipe(n.Pipe, root, false)
		w.list(n.List, root)
		w.list(n.ElseList, root)
	case *parse.RangeNode:
		w.pipe(n.Pipe, root, false)
		w.list(n.List, false)
		w.list(n.ElseList, root)
	case *parse.WithNode:
		w.pipe(n.Pipe, root, false)
		w.list(n.List, false)
		w.list(n.ElseList, root)
	case *parse.TemplateNode:
		w.pipe(n.Pipe, root, false)
	}
}

// pipe walks commands; what is piped into a soft function is soft.
func (w *walker) pipe(p *parse.PipeNode, root, soft bool) {
	if p == nil {
		return
	}
	for i, cmd := range p.Cmds {
		next := soft && i == len(p.Cmds)-1
		if i+1 < len(p.Cmds) && len(cmd.Args) == 1 {
			name := functionName(p.Cmds[i+1])
			next = softArgument(name, 0, 0)
		}
		w.command(cmd, root, next, i > 0)
	}
}

func functionName(c *parse.CommandNode) string {
	if id, ok := c.Args[0].(*parse.IdentifierNode); ok {
		return id.Ident
	}
	return ""
}

// command walks arguments. What is piped into a command is its last argument,
// after those that are written.
func (w *walker) command(c *parse.CommandNode, root, soft, piped bool) {
	w.secretUse(c)
	name := functionName(c)
	last := len(c.Args) - 1
	if piped {
		last++
	}
	for i, arg := range c.Args {
		c.Args[i] = w.argument(arg, root, soft && len(c.Args) == 1 || i > 0 && softArgument(name, i, last))
	}
}

// argument notes what an argument refers to, and returns it, or a look-up that
// may fail in its place.
func (w *walker) argument(n parse.Node, root, soft bool) parse.Node {
	switch n := n.(type) {
	case *parse.PipeNode:
		w.pipe(n, root, soft)
	case *parse.ChainNode:
		n.Node = w.argument(n.Node, root, soft)
	case *parse.DotNode:
		w.c.whole = w.c.whole || root
	case *parse.FieldNode:
		if root {
			w.c.refs = append(w.c.refs, reference{path: n.Ident, offset: fieldStart(n), soft: soft})
		}
		if soft {
			return softLookup(n.Pos, &parse.DotNode{NodeType: parse.NodeDot, Pos: n.Pos}, n.Ident)
		}
	case *parse.VariableNode:
		return w.variable(n, soft)
	}
	return n
}

// fieldStart is where a chain of fields begins: the parser gives a chain of
// several the position of its second.
func fieldStart(n *parse.FieldNode) int {
	if len(n.Ident) > 1 {
		return int(n.Pos) - len(n.Ident[0]) - 1
	}
	return int(n.Pos)
}

func (w *walker) variable(n *parse.VariableNode, soft bool) parse.Node {
	if n.Ident[0] != "$" {
		return n
	}
	if len(n.Ident) == 1 {
		w.c.whole = true
		return n
	}
	w.c.refs = append(w.c.refs, reference{path: n.Ident[1:], offset: int(n.Pos), soft: soft})
	if soft {
		start := &parse.VariableNode{NodeType: parse.NodeVariable, Pos: n.Pos, Ident: n.Ident[:1]}
		return softLookup(n.Pos, start, n.Ident[1:])
	}
	return n
}

// softLookup is (__soft start "a" "b"): nil where there is no such value.
func softLookup(pos parse.Pos, start parse.Node, path []string) parse.Node {
	args := []parse.Node{parse.NewIdentifier("__soft").SetPos(pos), start}
	for _, name := range path {
		args = append(args, &parse.StringNode{NodeType: parse.NodeString, Pos: pos, Quoted: `"` + name + `"`, Text: name})
	}
	cmd := &parse.CommandNode{NodeType: parse.NodeCommand, Pos: pos, Args: args}
	return &parse.PipeNode{NodeType: parse.NodePipe, Pos: pos, Cmds: []*parse.CommandNode{cmd}}
}
