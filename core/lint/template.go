package lint

import (
	"iter"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
)

// expressionKeys are the keys below which there are bare expressions.
func expressionKeys() []string {
	return []string{"when", "until", "changed_when", "failed_when", "break_when", "that"}
}

// templates iterates over every scalar that is a template or an expression, of
// all files.
func (l *look) templates() iter.Seq[document.Node] {
	return func(yield func(document.Node) bool) {
		for _, f := range l.files {
			if !eachTemplate(f.root, false, yield) {
				return
			}
		}
	}
}

func eachTemplate(n document.Node, expression bool, yield func(document.Node) bool) bool {
	switch n.Kind() {
	case document.Absent, document.Null: // no text
	case document.Scalar:
		return !expression && !strings.Contains(n.Text(), "{{") || yield(n)
	case document.Sequence:
		for _, item := range n.Items() {
			if !eachTemplate(item, expression, yield) {
				return false
			}
		}
	case document.Mapping:
		for _, e := range n.Entries() {
			if !eachTemplate(e.Value, slices.Contains(expressionKeys(), e.Key.Text()), yield) {
				return false
			}
		}
	}
	return true
}

// calls iterates over the calls of functions in all templates and expressions.
func (l *look) calls() iter.Seq[vars.Call] {
	templates := vars.NewTemplates()
	return func(yield func(vars.Call) bool) {
		for n := range l.templates() {
			for _, c := range templates.Calls(n, !strings.Contains(n.Text(), "{{")) {
				if !yield(c) {
					return
				}
			}
		}
	}
}
