package strategy

import "errors"

// ErrUnimplemented is returned for a method that a strategy does not have.
var ErrUnimplemented = errors.New("not supported by this strategy")

// ErrStopped is the cause of a context that ended because the host asked the
// strategy to stop.
var ErrStopped = errors.New("stopped by the host")
