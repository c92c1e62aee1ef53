package vars

import (
	"fmt"
	"maps"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Later are the names that a run makes known before it gets to a template, by
// name, and what is known of their values until then.
type Later map[string]*Shape

// A Shape is what is known of a value before there is one: the names that can be
// below it. A nil Shape is one of which nothing is known.
type Shape struct {
	Below map[string]*Shape // empty: nothing can be below it; nil: anything
	Pos   diag.Pos          // the task that makes the value; zero below the first name
}

// EveryResult returns the names that are below whatever a task registers.
func EveryResult() []string { return []string{"changed", "failed", "skipped", "msg", "digest"} }

// With returns the shape of the same value with more names below it, of whose
// values nothing is known.
func (s *Shape) With(names ...string) *Shape {
	if s == nil || s.Below == nil {
		return s
	}
	more := &Shape{Below: maps.Clone(s.Below), Pos: s.Pos}
	for _, name := range names {
		more.Below[name] = nil
	}
	return more
}

// Or returns the shape of a value that is of one shape or of the other.
func (s *Shape) Or(other *Shape) *Shape {
	if s == nil || other == nil || s.Below == nil || other.Below == nil {
		return nil
	}
	either := &Shape{Below: maps.Clone(other.Below), Pos: s.Pos}
	for name, below := range s.Below {
		if also, both := other.Below[name]; both {
			below = below.Or(also)
		}
		either.Below[name] = below
	}
	return either
}

// member returns what is known of the value under a name.
func (s *Shape) member(name string) (any, state) {
	if s == nil || s.Below == nil {
		return nil, unknown
	}
	below, ok := s.Below[name]
	if !ok {
		return nil, missing
	}
	return below, found
}

// lacks finishes the diagnostic of a path that stops below the shape: at one of
// its names, the first of which is registered.
func (s *Shape) lacks(u diag.Diagnostic, path []string, level int) diag.Diagnostic {
	full, parent, name := "."+joinPath(path), "."+joinPath(path[:level]), path[level]
	u.Summary = fmt.Sprintf("undefined variable %s: %s has no %q", full, parent, name)
	if s.Pos.IsValid() {
		u.Detail = fmt.Sprintf("%s is registered at %s.", parent, s.Pos)
	}
	known := membersOf(s)
	if hint := diag.Suggest(name, known); hint != "" {
		return u.WithFix("%s", hint)
	}
	if len(known) == 0 {
		return u.WithFix("write %s: nothing is ever below it", parent)
	}
	return u.WithFix("below %s there are %s", parent, strings.Join(known, ", "))
}
