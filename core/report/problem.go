package report

import (
	"encoding/json"
	"io"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A Problem is a diagnostic as JSON. Its form is part of the command line's
// contract.
type Problem struct {
	Severity  string `json:"severity"` // "error", "warning" or "note"
	Code      string `json:"code,omitempty"`
	Message   string `json:"message"`
	Detail    string `json:"detail,omitempty"`
	Fix       string `json:"fix,omitempty"`
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`       // from 1
	Column    int    `json:"column,omitempty"`     // from 1, in characters
	EndColumn int    `json:"end_column,omitempty"` // after the last character
}

// Problems are ds as JSON has them, paths as the style shows them.
func (s Style) Problems(ds diag.List) []Problem {
	out := []Problem{}
	for _, d := range ds {
		p := Problem{
			Severity: d.Severity.String(), Code: d.Code, Message: s.Paths(d.Summary), Detail: s.Paths(d.Detail), Fix: s.Paths(d.Fix),
			Line: d.Pos.Line, Column: d.Pos.Column, EndColumn: d.Pos.End,
		}
		if d.Pos.IsValid() {
			p.File = s.Path(d.Pos.File)
		}
		out = append(out, p)
	}
	return out
}

// Findings is all that a command found, for a machine. Text beside a place is
// as the style shows it.
type Findings struct {
	Style   Style
	Version string            // of slipway
	Rules   map[string]string // what the codes of lint mean; others explain themselves
	Found   diag.List
	Failure string // what kept the command from doing its work and is nobody's mistake; may be empty
}

// JSON writes {"diagnostics": […]} on one line, so that it is a line among
// those of a run, too.
func (f Findings) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Diagnostics []Problem `json:"diagnostics"`
		Failure     string    `json:"failure,omitempty"`
	}{f.Style.Problems(f.Found), f.Failure})
}

// said is a diagnostic as sentences: what, why, and what to do.
func (s Style) said(d diag.Diagnostic) string {
	text := d.Summary
	if d.Detail != "" {
		text += "\n" + d.Detail
	}
	if d.Fix != "" {
		text += "\nhint: " + d.Fix
	}
	return s.Paths(text)
}
