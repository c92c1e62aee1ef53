package vars

import (
	"slices"
	"strings"
	"sync"
	"text/template"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Templates keeps what texts were compiled to: a thousand images ask the same
// template, and it is read once. It may be used by many at the same time. All
// [Data] of an inventory share one; a Data without any compiles anew each time.
type Templates struct {
	functions template.FuncMap

	mu       sync.RWMutex
	compiled map[written]*compiled
}

// written is a template as written: two of the same text are one template.
type written struct {
	text string
	bare bool // an expression without braces
}

// NewTemplates returns an empty store.
func NewTemplates() *Templates {
	return &Templates{functions: functions(), compiled: map[written]*compiled{}}
}

// CheckSyntax tells what is wrong with the templates of n whatever the
// variables are: how they are written, and functions that do not exist.
func (ts *Templates) CheckSyntax(n document.Node) diag.List {
	var found diag.List
	document.Walk(n, func(leaf document.Node) {
		if hasTemplate(leaf.Text()) {
			_, ds := ts.text(leaf)
			found.Add(ds...)
		}
	})
	return found
}

// hasTemplate reports whether text is anything but itself.
func hasTemplate(text string) bool { return strings.Contains(text, "{{") }

// text compiles a scalar with templates in it.
func (ts *Templates) text(n document.Node) (*compiled, diag.List) {
	c := ts.get(written{text: n.Text()})
	return c, c.wrong(n)
}

// expression compiles a bare expression, without braces.
func (ts *Templates) expression(n document.Node) (*compiled, diag.List) {
	if text := n.Text(); strings.Contains(text, "{{") || strings.Contains(text, "}}") {
		return nil, diag.List{diag.Errorf("braces", n.Pos(), "this is an expression already, and %q has braces", text).
			WithFix("%s", strings.Join(ts.bare(text), "; "))}
	}
	if n.Kind() != document.Scalar {
		return nil, diag.List{diag.Errorf("wrong-type", n.Pos(), "want an expression, found %s", n.Describe())}
	}
	c := ts.get(written{text: n.Text(), bare: true})
	return c, c.wrong(n)
}

// bare says how an expression with braces is written without them: what else is
// wrong with it need not wait until they are gone.
func (ts *Templates) bare(text string) []string {
	fixes := []string{"take {{ and }} away"}
	inner, begins := strings.CutPrefix(strings.TrimSpace(text), "{{")
	inner, ends := strings.CutSuffix(inner, "}}")
	if !begins || !ends || strings.Contains(inner, "{{") || strings.Contains(inner, "}}") {
		return fixes
	}
	for _, m := range ts.get(written{text: strings.TrimSpace(inner), bare: true}).mistakes {
		if m.fix != "" && !slices.Contains(fixes, m.fix) {
			fixes = append(fixes, m.fix)
		}
	}
	return fixes
}

func (ts *Templates) get(w written) *compiled {
	ts.mu.RLock()
	c := ts.compiled[w]
	ts.mu.RUnlock()
	if c != nil {
		return c
	}
	c = compile(w, ts.functions)
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.compiled[w] = c
	return c
}
