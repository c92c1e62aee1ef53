package document

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Of returns a value that a program made as a node that stands at pos: nil,
// strings, booleans, numbers, []any and map[string]any, as deep as they go.
// Anything else becomes text.
func Of(value any, pos diag.Pos) Node {
	switch v := value.(type) {
	case nil:
		return Node{&data{kind: Null, pos: pos}}
	case Node:
		return v
	case []any:
		out := &data{kind: Sequence, pos: pos}
		for _, item := range v {
			out.items = append(out.items, Of(item, pos))
		}
		return Node{out}
	case []string:
		out := &data{kind: Sequence, pos: pos}
		for _, item := range v {
			out.items = append(out.items, Of(item, pos))
		}
		return Node{out}
	case map[string]any:
		out := &data{kind: Mapping, pos: pos}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out.entries = append(out.entries, Entry{Key: Of(key, pos), Value: Of(v[key], pos)})
		}
		return Node{out}
	default:
		return Node{&data{kind: Scalar, pos: pos, text: fmt.Sprint(v), value: scalarValue(v)}}
	}
}

// Text returns the content of a file that is no YAML as one text, which knows
// its places as a text in YAML does.
func Text(file, content string) Node {
	lines := &source{lines: strings.Split(content, "\n")}
	return Node{&data{kind: Scalar, pos: diag.Pos{File: file, Line: 1, Column: 1}, text: content, value: content, style: whole, source: lines}}
}

func scalarValue(v any) any {
	switch v.(type) {
	case string, bool, int, int64, uint64, float64:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// Map returns n with every scalar replaced by what change answers for it. Keys
// stay. Places stay those of n.
func Map(n Node, change func(Node) (Node, diag.List)) (Node, diag.List) {
	var found diag.List
	switch n.Kind() {
	case Scalar:
		return change(n)
	case Sequence:
		out := &data{kind: Sequence, pos: n.Pos()}
		for _, item := range n.Items() {
			next, ds := Map(item, change)
			found.Add(ds...)
			out.items = append(out.items, next)
		}
		return Node{out}, found
	case Mapping:
		out := &data{kind: Mapping, pos: n.Pos()}
		for _, e := range n.Entries() {
			next, ds := Map(e.Value, change)
			found.Add(ds...)
			out.entries = append(out.entries, Entry{Key: e.Key, Value: next})
		}
		return Node{out}, found
	default:
		return n, nil
	}
}

// Walk calls visit with every scalar of n, in the order of the file.
func Walk(n Node, visit func(Node)) {
	switch n.Kind() {
	case Scalar:
		visit(n)
	case Sequence:
		for _, item := range n.data.items {
			Walk(item, visit)
		}
	case Mapping:
		for _, e := range n.data.entries {
			Walk(e.Value, visit)
		}
	case Absent, Null:
	}
}

// Marshal returns a value as YAML, by way of its JSON, so that both forms of
// an answer have the same keys.
func Marshal(value any) ([]byte, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encoding an answer: %w", err)
	}
	return yaml.JSONToYAML(data)
}
