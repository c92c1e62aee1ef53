package app

import (
	"context"
	"errors"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

// An ExitCode is what slipway tells the shell.
type ExitCode int

// The exit codes. They are part of the command line's contract.
const (
	Done        ExitCode = 0  // and something was selected
	Unexpected  ExitCode = 1  // our own fault
	ImageFailed ExitCode = 2  // an image failed or was blocked
	Refused     ExitCode = 3  // the gate refused
	Unreachable ExitCode = 4  // a registry, builder or runtime did not answer, and nothing worse
	Usage       ExitCode = 5  // the command line is wrong
	Invalid     ExitCode = 6  // the input is wrong; nothing ran
	Interrupted ExitCode = 99 // by the user
)

// A UsageError is a mistake on the command line.
type UsageError struct {
	Err     error
	Command string // whose help tells more: "slipway run"; empty: that of slipway
}

// Error says what is wrong with the command line.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the error that the command line's parser gave.
func (e *UsageError) Unwrap() error { return e.Err }

// CodeOf is the one place where errors become exit codes. The most severe
// wins: 6 and 5 (nothing ran), 99, 1, 3, 2, 4.
func CodeOf(err error) ExitCode {
	if err == nil {
		return Done
	}
	if _, ok := errors.AsType[*UsageError](err); ok {
		return Usage
	}
	if errors.Is(err, context.Canceled) {
		return Interrupted
	}
	s, ended := errors.AsType[*engine.RunError](err)
	if _, ok := errors.AsType[*engine.StoppedError](err); ok && (!ended || !s.Interrupted) {
		return Unexpected
	}
	if ended {
		return codeOfRun(s)
	}
	if _, ok := errors.AsType[*engine.RefusedError](err); ok {
		return Refused
	}
	if _, ok := errors.AsType[*engine.UnreachableError](err); ok || errors.Is(err, registry.ErrUnreachable) {
		return Unreachable
	}
	if diag.Of(err) != nil {
		return Invalid
	}
	return Unexpected
}

func codeOfRun(e *engine.RunError) ExitCode {
	switch {
	case e.Interrupted:
		return Interrupted
	case e.Refused:
		return Refused
	case e.Failed:
		return ImageFailed
	case e.Unreachable:
		return Unreachable
	default:
		return Unexpected
	}
}
