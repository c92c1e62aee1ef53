// Package document reads YAML and remembers where every value stood.
//
// A [Node] is a value with its place. Nothing here knows what a document is
// about: [Parse] makes nodes, [Decode] fills structs from them, and both tell
// all that is wrong at once, each mistake with file, line and column. Three
// habits of YAML readers are not shared, because they hide mistakes: a key
// given twice is an error, an unknown key is an error with the nearest known
// one, and a scalar keeps its source text, so that a version 1.10 stays "1.10"
// wherever text is wanted.
//
// It is the only package that imports a YAML library.
package document

import (
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Kind says what a node is.
type Kind int

// The kinds of nodes.
const (
	Absent Kind = iota // there is no such node
	Null
	Scalar
	Sequence
	Mapping
)

// A Node is a value with its place. The zero Node is absent. Nodes are values
// and never change.
type Node struct{ data *data }

type data struct {
	kind    Kind
	pos     diag.Pos
	text    string // of a scalar, quotes and escapes resolved
	value   any    // of a scalar: string, bool, int64, uint64 or float64
	style   style  // of a scalar
	source  *source
	entries []Entry
	items   []Node
}

// An Entry is a key of a mapping with its value.
type Entry struct{ Key, Value Node }

// Kind says what n is.
func (n Node) Kind() Kind {
	if n.data == nil {
		return Absent
	}
	return n.data.kind
}

// IsZero reports whether n is absent or null: nothing was said.
func (n Node) IsZero() bool { return n.Kind() == Absent || n.Kind() == Null }

// Pos returns where n stands.
func (n Node) Pos() diag.Pos {
	if n.data == nil {
		return diag.Pos{}
	}
	return n.data.pos
}

// Text returns the source text of a scalar: 1.10 stays "1.10".
func (n Node) Text() string {
	if n.data == nil {
		return ""
	}
	return n.data.text
}

// Entries returns the keys and values of a mapping in the order of the file.
func (n Node) Entries() []Entry {
	if n.data == nil {
		return nil
	}
	return n.data.entries
}

// Items returns the values of a sequence.
func (n Node) Items() []Node {
	if n.data == nil {
		return nil
	}
	return n.data.items
}

// List returns the items of a sequence. Anything else is a list of itself, and
// nothing is an empty one.
func (n Node) List() []Node {
	switch {
	case n.Kind() == Sequence:
		return n.Items()
	case n.IsZero():
		return nil
	default:
		return []Node{n}
	}
}

// Get returns the value of a key of a mapping; it is absent when there is none.
func (n Node) Get(key string) Node {
	for _, e := range n.Entries() {
		if e.Key.Text() == key {
			return e.Value
		}
	}
	return Node{}
}

// Value returns n as plain Go: nil, string, bool, int, float64, []any or
// map[string]any. Nothing of it is shared with n.
func (n Node) Value() any {
	switch n.Kind() {
	case Scalar:
		return n.data.value
	case Sequence:
		out := make([]any, len(n.data.items))
		for i, item := range n.data.items {
			out[i] = item.Value()
		}
		return out
	case Mapping:
		out := make(map[string]any, len(n.data.entries))
		for _, e := range n.data.entries {
			out[e.Key.Text()] = e.Value.Value()
		}
		return out
	default:
		return nil
	}
}

// Describe names what n is for a message: `a list`, `the text "x"`.
func (n Node) Describe() string {
	switch n.Kind() {
	case Null:
		return "nothing"
	case Scalar:
		return describeScalar(n.data)
	case Sequence:
		return "a list"
	case Mapping:
		return "a mapping"
	default:
		return "nothing at all"
	}
}

// Only returns a mapping with those of its entries whose keys are kept.
func Only(n Node, keep map[string]bool) Node {
	out := &data{kind: Mapping, pos: n.Pos()}
	for _, e := range n.Entries() {
		if keep[e.Key.Text()] {
			out.entries = append(out.entries, e)
		}
	}
	return Node{out}
}
