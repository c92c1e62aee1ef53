package deploy

import (
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A source is a YAML file that knows where everything stands in it.
type source struct {
	file string
	root document.Node
}

// pos returns where the value at path stands, or the nearest above it that
// there is. Elements of sequences are named by their number.
func (s *source) pos(path ...string) diag.Pos {
	pos, node := diag.Pos{File: s.file}, s.root
	for _, step := range path {
		next, at, ok := below(node, step)
		if !ok {
			return pos
		}
		pos, node = at, next
	}
	return pos
}

// below returns what a step leads to, with the place of its key or of itself.
func below(node document.Node, step string) (document.Node, diag.Pos, bool) {
	for _, e := range node.Entries() {
		if e.Key.Text() == step {
			return e.Value, e.Key.Pos(), true
		}
	}
	items := node.Items()
	if i, err := strconv.Atoi(strings.Trim(step, "[]")); err == nil && i >= 0 && i < len(items) {
		return items[i], items[i].Pos(), true
	}
	return document.Node{}, diag.Pos{}, false
}
