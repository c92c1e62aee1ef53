package app

import (
	"context"
	"errors"
	"slices"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/lint"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A ToldError is an error of which the user has been told already: only the
// exit code is still to come.
type ToldError struct{ Err error }

// Error returns what was told.
func (e *ToldError) Error() string { return e.Err.Error() }

// Unwrap returns the error that decides the exit code.
func (e *ToldError) Unwrap() error { return e.Err }

// findingFormats are the formats that are about what was found, and not about
// an answer: every command that has --format knows them.
func findingFormats() []string { return []string{"sarif", "github"} }

// Findings writes what a command found, warnings and err, to stdout when a
// machine is to read it: always in the formats that are about nothing else; as
// JSON or YAML in the place of the answer that the command could not give.
// People are told on stderr, whatever the format.
func (a *App) Findings(format string, err error) error {
	f := report.Findings{
		Style: a.Streams.Style, Version: Version, Rules: lint.Docs(),
		Found: a.Found(err), Failure: Failure(err),
	}
	switch format {
	case "github":
		return f.GitHub(a.Streams.Out)
	case "sarif":
		return f.SARIF(a.Streams.Out)
	case "json", "jsonl":
		if len(diag.Of(err)) > 0 && !a.answered {
			return f.JSON(a.Streams.Out)
		}
	case "yaml":
		if len(diag.Of(err)) > 0 && !a.answered {
			return a.Answer(format, map[string]any{"diagnostics": a.Streams.Style.Problems(f.Found)}, nil)
		}
	}
	return nil
}

// Found is every warning and mistake, in the order of places, each once.
func (a *App) Found(err error) diag.List {
	a.warning.Lock()
	defer a.warning.Unlock()
	return slices.Concat(a.told, diag.Of(err)).Sorted()
}

// Failure is an error that is nobody's mistake, as text.
func Failure(err error) string {
	_, ran := errors.AsType[*engine.RunError](err)
	if err == nil || diag.Of(err) != nil || ran || errors.Is(err, context.Canceled) {
		return ""
	}
	return err.Error()
}

// Find keeps diagnostics for Findings of which the user is told elsewhere.
func (a *App) Find(ds ...diag.Diagnostic) {
	a.warning.Lock()
	defer a.warning.Unlock()
	a.told.Add(ds...)
}
