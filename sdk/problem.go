package sdk

import (
	"errors"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A Problem is a mistake that the user can mend. As an error it becomes a
// diagnostic; Path lets the host show the line of the user's file.
type Problem struct {
	Code    string // stable and greppable: "hello.message.empty"
	Path    string // JSON pointer into the config: "/message"
	Summary string // what was found: a phrase, lower case, no full stop
	Detail  string // whole sentences; may be empty
	Fix     string // what to do: one phrase; may be empty
}

// Error returns the summary.
func (p *Problem) Error() string { return p.Summary }

func (p *Problem) diagnostic() diag.Diagnostic {
	return diag.Diagnostic{Code: p.Code, Path: p.Path, Summary: p.Summary, Detail: p.Detail, Fix: p.Fix}
}

// diagnostics returns what err says, one diagnostic for each error that was
// joined.
func diagnostics(err error) diag.List {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var list diag.List
		for _, e := range joined.Unwrap() {
			list.Add(diagnostics(e)...)
		}
		return list
	}
	if p, ok := errors.AsType[*Problem](err); ok {
		d := p.diagnostic()
		d.Summary = err.Error() // what wraps the problem belongs to the message
		return diag.List{d}
	}
	if list := diag.Of(err); list != nil {
		return list
	}
	return diag.List{{Summary: err.Error()}}
}
