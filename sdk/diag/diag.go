// Package diag holds problems a person can mend: where, what, why, and what
// to do about it.
//
// A [Diagnostic] is a value; a [List] of them is an error. Loading never stops
// at the first mistake: it appends to a List, goes on, and answers
// [List.Err] at the end, so that a user sees everything that is wrong in one
// pass. Nothing here formats source lines: whoever prints a diagnostic holds
// the file (core/report does).
package diag

import (
	"errors"
	"fmt"
	"strings"
)

// A Severity says how much a diagnostic matters. The zero Severity is Error,
// so that a forgotten field never turns a mistake into a remark.
type Severity int

// The severities.
const (
	Error   Severity = iota // the work cannot be done
	Warning                 // it can, and the user should know
	Note                    // for information
)

// String returns "error", "warning" or "note".
func (s Severity) String() string {
	switch s {
	case Warning:
		return "warning"
	case Note:
		return "note"
	default:
		return "error"
	}
}

// A Diagnostic is one problem.
type Diagnostic struct {
	Severity Severity
	Code     string // stable and greppable: "unknown-key"
	Summary  string // what was found: a phrase, lower case, no full stop
	Detail   string // whole sentences: the rule, the other place; may be empty
	Path     string // JSON pointer into a strategy's config; the host maps it to Pos
	Pos      Pos    // where; the zero Pos when there is no file
	Fix      string // what to do: one phrase; may be empty
}

// Error returns "file:line:col: error[code]: summary", with the fix in
// brackets when there is one.
func (d Diagnostic) Error() string {
	var b strings.Builder
	if d.Pos.IsValid() {
		fmt.Fprintf(&b, "%s: ", d.Pos)
	}
	b.WriteString(d.Severity.String())
	if d.Code != "" {
		fmt.Fprintf(&b, "[%s]", d.Code)
	}
	fmt.Fprintf(&b, ": %s", d.Summary)
	if d.Fix != "" {
		fmt.Fprintf(&b, " (%s)", d.Fix)
	}
	return b.String()
}

// Errorf returns an error diagnostic with the given code, place and summary.
func Errorf(code string, pos Pos, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Pos: pos, Summary: fmt.Sprintf(format, args...)}
}

// Warningf returns a warning with the given code, place and summary.
func Warningf(code string, pos Pos, format string, args ...any) Diagnostic {
	return Diagnostic{Severity: Warning, Code: code, Pos: pos, Summary: fmt.Sprintf(format, args...)}
}

// WithFix returns d with the given advice.
func (d Diagnostic) WithFix(format string, args ...any) Diagnostic {
	d.Fix = fmt.Sprintf(format, args...)
	return d
}

// WithDetail returns d with the given explanation.
func (d Diagnostic) WithDetail(format string, args ...any) Diagnostic {
	d.Detail = fmt.Sprintf(format, args...)
	return d
}

// Of returns the diagnostics that err carries, or nil when it is another kind
// of error.
func Of(err error) List {
	if l, ok := errors.AsType[List](err); ok {
		return l
	}
	if d, ok := errors.AsType[Diagnostic](err); ok {
		return List{d}
	}
	return nil
}
