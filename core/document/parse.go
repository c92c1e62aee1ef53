package document

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Bounds of what a document may come to. Aliases count as what they stand for,
// so that a small file cannot blow up into a large value.
const (
	maxDepth = 200
	maxNodes = 200_000
)

// Parse reads one YAML document; JSON is YAML. The name is used for places
// only. An empty document is an absent node.
func Parse(name string, src []byte) (Node, diag.List) {
	p, bodies, ds := read(name, src)
	switch {
	case ds != nil || len(bodies) == 0:
		return Node{}, ds
	case len(bodies) == 1:
		n := p.node(bodies[0], 0)
		return n, p.found.Sorted()
	default:
		return Node{}, diag.List{diag.Errorf("several-documents", p.node(bodies[1], 0).Pos(), "a second document begins here").
			WithFix("keep one document in a file: take the line --- out")}
	}
}

// ParseAll reads a file that may hold several documents, as those of Kubernetes
// do. Empty documents are left out.
func ParseAll(name string, src []byte) ([]Node, diag.List) {
	p, bodies, ds := read(name, src)
	if ds != nil {
		return nil, ds
	}
	var out []Node
	for _, body := range bodies {
		clear(p.anchors) // each document has its own
		out = append(out, p.node(body, 0))
	}
	return out, p.found.Sorted()
}

// read parses a file and returns the documents in it that are not empty.
func read(name string, src []byte) (*reader, []ast.Node, diag.List) {
	p := &reader{name: name, source: newSource(string(src)), anchors: map[string]anchor{}}
	if !utf8.Valid(src) {
		return nil, nil, diag.List{diag.Errorf("encoding", diag.Pos{File: name}, "the file is not UTF-8 text")}
	}
	var bodies []ast.Node
	for _, text := range p.source.documents() {
		file, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
		if err != nil {
			p.found.Add(p.syntaxError(err))
			continue
		}
		for _, d := range file.Docs {
			if d.Body != nil {
				bodies = append(bodies, d.Body)
			}
		}
	}
	return p, bodies, p.found
}

// lineEnds are YAML's: those of Unix, Windows and the old Macintosh.
var lineEnds = regexp.MustCompile(`\r\n|\r|\n`)

// A reader turns the syntax tree of one file into nodes.
type reader struct {
	name    string
	source  *source
	anchors map[string]anchor
	count   int
	stopped bool // a bound was passed and told of
	found   diag.List
}

// An anchor is a node that aliases repeat. While it is open its own node is
// still being read.
type anchor struct {
	node  Node
	nodes int
	open  bool
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
	switch {
	case p.opensTemplate(pos):
		return d.WithFix(`a value that begins with {{ must be quoted: "{{ … }}"`)
	case strings.ContainsRune(message, '\t'):
		d.Summary = "a line is indented with a tab"
		return d.WithFix("indent with spaces")
	default:
		return d
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// opensTemplate reports whether the line at pos, or the one before it, has an
// unquoted value that begins with "{{".
func (p *reader) opensTemplate(pos diag.Pos) bool {
	for _, n := range []int{pos.Line, pos.Line - 1} {
		if n < 1 || n > len(p.source.lines) {
			continue
		}
		line := p.source.lines[n-1]
		for at, rest := 0, line; strings.Contains(rest, "{{"); rest = line[at:] {
			at += strings.Index(rest, "{{")
			before := strings.TrimSpace(line[:at])
			if before == "" || strings.ContainsAny(before[len(before)-1:], ":-[,") {
				return true
			}
			at += 2
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
	if !p.grow(n, 1, depth) {
		return Node{}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		start := n.GetToken()
		if !n.IsFlowStyle && len(n.Values) > 0 {
			start = n.Values[0].Key.GetToken()
		}
		return p.mapping(start, n.Values, depth)
	case *ast.MappingValueNode:
		return p.mapping(n.Key.GetToken(), []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		return p.sequence(n, depth)
	case *ast.AnchorNode:
		return p.anchor(n, depth)
	case *ast.AliasNode:
		return p.alias(n, depth)
	case *ast.TagNode:
		return p.tagged(n, depth)
	default:
		return p.scalar(n)
	}
}

// grow reports whether the document may hold so many nodes more; that it may
// not is told once.
func (p *reader) grow(n ast.Node, nodes, depth int) bool {
	p.count += nodes
	if p.stopped || depth <= maxDepth && p.count <= maxNodes {
		return !p.stopped
	}
	p.stopped = true
	if depth > maxDepth {
		p.found.Add(diag.Errorf("too-deep", p.pos(n.GetToken()), "the document is nested more than %d levels deep", maxDepth))
	} else {
		p.found.Add(diag.Errorf("too-large", p.pos(n.GetToken()), "the document comes to more than %d values here", maxNodes))
	}
	return false
}

func (p *reader) anchor(n *ast.AnchorNode, depth int) Node {
	name, before := n.Name.GetToken().Value, p.count
	p.anchors[name] = anchor{open: true}
	node := p.node(n.Value, depth+1)
	p.anchors[name] = anchor{node: node, nodes: p.count - before}
	return node
}

func (p *reader) alias(n *ast.AliasNode, depth int) Node {
	t := n.Value.GetToken()
	a, ok := p.anchors[t.Value]
	switch {
	case !ok:
		p.found.Add(diag.Errorf("unknown-anchor", p.pos(t), "there is no anchor &%s before this line", t.Value))
	case a.open:
		p.found.Add(diag.Errorf("alias-loop", p.pos(t), "*%s stands inside of what &%s names", t.Value, t.Value))
	case p.grow(n, a.nodes, depth):
		return a.node
	}
	return Node{}
}

// tagged reads a value with a tag: "!!str 1" is text, the other tags of YAML's
// own types say what a value is anyway, and there are no others.
func (p *reader) tagged(n *ast.TagNode, depth int) Node {
	tag := n.GetToken().Value
	switch tag {
	case "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map":
		return p.node(n.Value, depth+1)
	case "!!str":
		node := p.node(n.Value, depth+1)
		if k := node.Kind(); k == Scalar || k == Null {
			text := *node.data
			text.kind, text.value = Scalar, node.Text()
			return Node{&text}
		}
		return node
	default:
		p.found.Add(diag.Errorf("unknown-tag", p.pos(n.GetToken()), "unknown tag %s", tag).WithFix("take the tag away, or quote the value if it is text"))
		return Node{}
	}
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
	sources := []Node{from}
	if from.Kind() == Sequence {
		sources = from.Items()
	}
	var all []Entry
	for _, source := range sources {
		switch source.Kind() {
		case Mapping:
			all = append(all, source.Entries()...)
		case Absent: // told already
		case Null, Scalar, Sequence:
			pos := p.pos(v.Key.GetToken())
			if from.Kind() == Sequence {
				pos = source.Pos()
			}
			p.found.Add(diag.Errorf("bad-merge", pos, "<< takes a mapping, found %s", source.Describe()))
		}
	}
	return all
}
