package deploy

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/slipway-build/slipway/sdk/diag"
)

// maxVisits bounds how often nodes of one file are looked at: far more than a
// written file needs, and few enough for one whose aliases multiply or hold
// themselves.
const maxVisits = 50_000

// A source is a YAML file that knows where everything stands in it.
type source struct {
	file    string
	root    ast.Node // nil: the file is empty
	anchors map[string]ast.Node
	visits  int
}

// exhausted reports whether the file expands to more than can be looked at.
func (s *source) exhausted() bool { return s.visits > maxVisits }

func parseSource(file string, content []byte) (*source, error) {
	parsed, err := parser.ParseBytes(content, 0)
	if err != nil {
		return nil, err
	}
	s := &source{file: file, anchors: make(map[string]ast.Node)}
	if len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil {
		return s, nil
	}
	s.root = parsed.Docs[0].Body
	for _, a := range ast.Filter(ast.AnchorType, s.root) {
		if a, ok := a.(*ast.AnchorNode); ok {
			s.anchors[a.Name.String()] = a.Value
		}
	}
	return s, nil
}

// resolve looks through anchors, aliases and tags.
func (s *source) resolve(n ast.Node) ast.Node {
	for {
		if s.visits++; s.exhausted() {
			return nil
		}
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = s.anchors[v.Value.String()]
		case *ast.TagNode:
			n = v.Value
		default:
			return n
		}
	}
}

// An entry is one key of a mapping.
type entry struct {
	key   string
	pos   diag.Pos
	value ast.Node
}

// entries returns the keys of a mapping, those it merges in (<<) included.
func (s *source) entries(n ast.Node) []entry {
	var out []entry
	for _, v := range mappingValues(s.resolve(n)) {
		if v.Key.IsMergeKey() {
			out = append(out, s.merged(v.Value)...)
			continue
		}
		token := v.Key.GetToken()
		out = append(out, entry{token.Value, s.at(v.Key), v.Value})
	}
	return out
}

func (s *source) merged(n ast.Node) []entry {
	seq, ok := s.resolve(n).(*ast.SequenceNode)
	if !ok {
		return s.entries(n)
	}
	var out []entry
	for _, v := range seq.Values {
		out = append(out, s.entries(v)...)
	}
	return out
}

func mappingValues(n ast.Node) []*ast.MappingValueNode {
	switch v := n.(type) {
	case *ast.MappingNode:
		return v.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{v}
	default:
		return nil
	}
}

// items returns the elements of a sequence.
func (s *source) items(n ast.Node) []ast.Node {
	if seq, ok := s.resolve(n).(*ast.SequenceNode); ok {
		return seq.Values
	}
	return nil
}

func (s *source) at(n ast.Node) diag.Pos {
	t := n.GetToken()
	pos := diag.Pos{File: s.file, Line: t.Position.Line, Column: t.Position.Column}
	pos.End = pos.Column + len([]rune(t.Value))
	return pos
}

// pos returns where the value at path stands, or the nearest above it that
// there is. Elements of sequences are named by their number.
func (s *source) pos(path ...string) diag.Pos {
	pos, node := diag.Pos{File: s.file}, s.root
	for _, step := range path {
		next, at, ok := s.step(node, step)
		if !ok {
			return pos
		}
		pos, node = at, next
	}
	return pos
}

func (s *source) step(node ast.Node, step string) (ast.Node, diag.Pos, bool) {
	for _, e := range s.entries(node) {
		if e.key == step {
			return e.value, e.pos, true
		}
	}
	items := s.items(node)
	if i, err := strconv.Atoi(strings.Trim(step, "[]")); err == nil && i >= 0 && i < len(items) {
		return items[i], s.at(items[i]), true
	}
	return nil, diag.Pos{}, false
}
