package engine

import "fmt"

// A RefusedError is the gate's no. Nothing that a playbook can say turns it
// into a yes.
type RefusedError struct{ Err error }

// Error returns the gate's reasons.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the gate's own error.
func (e *RefusedError) Unwrap() error { return e.Err }

// An UnreachableError says that a registry, builder or runtime did not answer:
// the image itself may be in order, and trying again may help.
type UnreachableError struct{ Err error }

// Error says what did not answer.
func (e *UnreachableError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the transport.
func (e *UnreachableError) Unwrap() error { return e.Err }

// A StoppedError is the cause of a context that ends a run which must not go on,
// although nobody interrupted it.
type StoppedError struct{ Err error }

// Error says why the run must not go on.
func (e *StoppedError) Error() string { return e.Err.Error() }

// Unwrap returns why.
func (e *StoppedError) Unwrap() error { return e.Err }

// A RunError says in which ways a run did not go well. Every image's own
// error has been reported as an event.
type RunError struct {
	Interrupted bool // by the user
	Refused     bool // the gate held something back
	Failed      bool // an image failed or was blocked
	Unreachable bool // something did not answer
	Images      int  // how many are not well
}

// Error returns a line for callers that show no events.
func (e *RunError) Error() string {
	if e.Interrupted {
		return "the run was interrupted"
	}
	return fmt.Sprintf("the run ended with %d images not well", e.Images)
}
