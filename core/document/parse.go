package document

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/slipway-build/slipway/sdk/diag"
)

// maxDepth bounds nesting, and maxNodes what aliases can blow up.
const (
	maxDepth = 200
	maxNodes = 1_000_000
)

// Parse reads one YAML document; JSON is YAML. The name is used for places
// only. An empty document is an absent node.
func Parse(name string, src []byte) (Node, diag.List) {
	p := &reader{name: name, lines: strings.Split(string(src), "\n"), anchors: map[string]ast.Node{}, open: map[string]bool{}}
	if !utf8.Valid(src) {
		return Node{}, diag.List{diag.Errorf("encoding", diag.Pos{File: name}, "the file is not UTF-8 text")}
	}
	file, err := parser.ParseBytes(src, 0)
	if err != nil {
		return Node{}, diag.List{p.syntaxError(err)}
	}
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			bodies = append(bodies, d.Body)
		}
	}
	switch len(bodies) {
	case 0:
		return Node{}, nil
	case 1:
		n := p.node(bodies[0], 0)
		return n, p.found.Sorted()
	default:
		return Node{}, diag.List{diag.Errorf("several-documents", p.pos(bodies[1].GetToken()), "a second document begins here").
			WithFix("keep one document in a file: take the line --- out")}
	}
}

// A reader turns the syntax tree of one file into nodes.
type reader struct {
	name    string
	lines   []string
	anchors map[string]ast.Node
	open    map[string]bool // anchors whose value is being read
	count   int
	spent   bool // too much was read; nothing more is
	found   diag.List
}

func (p *reader) syntaxError(err error) diag.Diagnostic {
	pos := diag.Pos{File: p.name}
	message := err.Error()
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		message = syntax.GetMessage()
		if t := syntax.GetToken(); t != nil {
			pos = p.pos(t)
		}
	}
	d := diag.Errorf("syntax", pos, "%s", firstLine(message))
	if p.opensTemplate(pos) {
		return d.WithFix(`a value that begins with {{ must be quoted: "{{ … }}"`)
	}
	return d
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// opensTemplate reports whether the line at pos, or the one before it, has an
// unquoted value that begins with "{{".
func (p *reader) opensTemplate(pos diag.Pos) bool {
	for _, n := range []int{pos.Line, pos.Line - 1} {
		if n < 1 || n > len(p.lines) {
			continue
		}
		line := strings.TrimSpace(p.lines[n-1])
		if _, value, ok := strings.Cut(line, ": "); ok {
			line = strings.TrimSpace(value)
		}
		if strings.HasPrefix(strings.TrimPrefix(line, "- "), "{{") {
			return true
		}
	}
	return false
}

// pos is the place of a token. The library counts columns in runes from one;
// the end is that of the token's text on its first line.
func (p *reader) pos(t *token.Token) diag.Pos {
	if t == nil || t.Position == nil {
		return diag.Pos{File: p.name}
	}
	width := utf8.RuneCountInString(firstLine(t.Origin))
	if width == 0 {
		width = utf8.RuneCountInString(firstLine(t.Value))
	}
	return diag.Pos{File: p.name, Line: t.Position.Line, Column: t.Position.Column, End: t.Position.Column + width}
}

// node turns one value into a node.
func (p *reader) node(n ast.Node, depth int) Node {
	p.count++
	if p.spent {
		return Node{}
	}
	if depth > maxDepth || p.count > maxNodes {
		p.spent = true
		p.found.Add(diag.Errorf("too-deep", p.pos(n.GetToken()), "the document is nested too deeply, or its aliases expand to too much"))
		return Node{}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return p.mapping(n.GetToken(), n.Values, depth)
	case *ast.MappingValueNode:
		return p.mapping(n.Key.GetToken(), []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		return p.sequence(n, depth)
	case *ast.AnchorNode:
		return p.anchor(n, depth)
	case *ast.AliasNode:
		return p.alias(n, depth)
	case *ast.TagNode:
		return p.node(n.Value, depth+1)
	default:
		return p.scalar(n)
	}
}

func (p *reader) anchor(n *ast.AnchorNode, depth int) Node {
	name := n.Name.GetToken().Value
	p.anchors[name] = n.Value
	return p.inside(name, n.Value, depth)
}

// inside reads what an anchor names, in which the anchor may not occur.
func (p *reader) inside(name string, value ast.Node, depth int) Node {
	p.open[name] = true
	defer delete(p.open, name)
	return p.node(value, depth+1)
}

func (p *reader) alias(n *ast.AliasNode, depth int) Node {
	name := n.Value.GetToken().Value
	target, ok := p.anchors[name]
	if !ok {
		p.found.Add(diag.Errorf("unknown-anchor", p.pos(n.Value.GetToken()), "there is no anchor &%s before this line", name))
		return Node{}
	}
	if p.open[name] {
		p.found.Add(diag.Errorf("self-alias", p.pos(n.Value.GetToken()), "the alias *%s stands inside of what it means", name))
		return Node{}
	}
	return p.inside(name, target, depth)
}

func (p *reader) sequence(n *ast.SequenceNode, depth int) Node {
	out := &data{kind: Sequence, pos: p.pos(n.GetToken())}
	for i, v := range n.Values {
		item := p.node(v, depth+1)
		if i == 0 && !n.IsFlowStyle {
			out.pos = item.Pos()
		}
		out.items = append(out.items, item)
	}
	return Node{out}
}

func (p *reader) mapping(start *token.Token, values []*ast.MappingValueNode, depth int) Node {
	out := &data{kind: Mapping, pos: p.pos(start)}
	if len(values) > 0 && !values[0].IsFlowStyle {
		out.pos = p.pos(values[0].Key.GetToken())
	}
	seen := map[string]diag.Pos{}
	var merged []Entry
	for _, v := range values {
		if _, ok := v.Key.(*ast.MergeKeyNode); ok {
			merged = append(merged, p.merge(v, depth)...)
			continue
		}
		key := p.scalar(v.Key)
		if first, ok := seen[key.Text()]; ok {
			p.found.Add(diag.Errorf("duplicate-key", key.Pos(), "the key %q is given twice", key.Text()).
				WithDetail("It was given first at %s.", first).WithFix("keep one of them"))
			continue
		}
		seen[key.Text()] = key.Pos()
		out.entries = append(out.entries, Entry{Key: key, Value: p.node(v.Value, depth+1)})
	}
	for _, e := range merged {
		if _, ok := seen[e.Key.Text()]; !ok {
			seen[e.Key.Text()] = e.Key.Pos()
			out.entries = append(out.entries, e)
		}
	}
	return Node{out}
}

// merge returns what "<<" brings in: of several mappings the first wins.
func (p *reader) merge(v *ast.MappingValueNode, depth int) []Entry {
	from := p.node(v.Value, depth+1)
	switch from.Kind() {
	case Absent: // it has been told why
		return nil
	case Mapping:
		return from.Entries()
	case Sequence:
		var all []Entry
		for _, item := range from.Items() {
			all = append(all, item.Entries()...)
		}
		return all
	default:
		p.found.Add(diag.Errorf("bad-merge", p.pos(v.Key.GetToken()), "<< takes a mapping, found %s", from.Describe()))
		return nil
	}
}

// scalar is everything that is one word or text.
func (p *reader) scalar(n ast.Node) Node {
	if key, ok := n.(*ast.MappingKeyNode); ok {
		return p.scalar(key.Value)
	}
	t := n.GetToken()
	out := &data{kind: Scalar, pos: p.pos(t), text: t.Value}
	switch n := n.(type) {
	case *ast.NullNode:
		out.kind, out.text = Null, ""
	case *ast.StringNode:
		out.text, out.value = n.Value, n.Value
	case *ast.LiteralNode:
		out.pos = p.pos(n.Start)
		out.text, out.value = n.Value.Value, n.Value.Value
	case *ast.BoolNode:
		out.value = n.Value
	case *ast.IntegerNode:
		out.value = integer(n.Value)
	case *ast.FloatNode:
		out.value = n.Value
	default:
		out.value = t.Value
	}
	return Node{out}
}

// integer is an int where it fits.
func integer(v any) any {
	switch v := v.(type) {
	case int64:
		return int(v)
	case uint64:
		if v <= 1<<62 {
			return int(v) //nolint:gosec // checked on the line above
		}
	}
	return v
}

func describeScalar(d *data) string {
	switch d.value.(type) {
	case bool:
		return "the truth value " + d.text
	case string:
		return fmt.Sprintf("the text %q", d.text)
	default:
		return "the number " + d.text
	}
}
