// Package strategy is the contract between the engine and a way of building
// images.
//
// A strategy is described once, validates its config without side effects,
// plans (says which images and files a build depends on, by reading the
// workspace only), and builds. The engine talks to every strategy, built in or
// not, through this interface; package rpc carries it to another process.
// Authors normally write an sdk.Definition, which implements it for them.
//
// Two kinds of failure are kept apart. What a user can mend travels as
// [diag.Diagnostic] inside a response or in [Completed]. An error returned by
// a method means that the strategy itself or its process broke.
//
// Files travel as absolute paths, never as bytes. A result is an image in any
// transport of containers/image; the host verifies its digest.
package strategy

import "context"

// A Strategy builds images in one way. Implementations embed [Unimplemented],
// so that a method added later does not break them. All methods may be called
// concurrently.
type Strategy interface {
	// Describe says what the strategy is. It is cheap and always answers the
	// same.
	Describe(context.Context, DescribeRequest) (DescribeResponse, error)

	// Validate judges a config. It touches neither files nor network.
	Validate(context.Context, ValidateRequest) (ValidateResponse, error)

	// Plan says what a build depends on. It reads the workspace and nothing
	// else, and equal workspaces give equal answers.
	Plan(context.Context, PlanRequest) (PlanResponse, error)

	// Build builds one image for one platform and says so to events. Exactly
	// one [Completed] is sent, last, also for a failed build; then Build
	// returns nil. When ctx ends with [ErrStopped] as its cause the build
	// cleans up and completes as [Cancelled].
	Build(ctx context.Context, req BuildRequest, events Events) error

	mustEmbedUnimplemented()
}

// Events receives what a build says. Send may block: a slow reader slows a
// fast writer. An error means that nobody listens any more.
type Events interface {
	Send(Event) error
}

// Unimplemented makes a type a [Strategy] that can do nothing. Embed it.
type Unimplemented struct{}

var _ Strategy = Unimplemented{}

// Describe returns [ErrUnimplemented].
func (Unimplemented) Describe(context.Context, DescribeRequest) (DescribeResponse, error) {
	return DescribeResponse{}, ErrUnimplemented
}

// Validate finds nothing wrong.
func (Unimplemented) Validate(context.Context, ValidateRequest) (ValidateResponse, error) {
	return ValidateResponse{}, nil
}

// Plan returns [ErrUnimplemented]: a strategy that cannot say what it depends
// on cannot be skipped safely.
func (Unimplemented) Plan(context.Context, PlanRequest) (PlanResponse, error) {
	return PlanResponse{}, ErrUnimplemented
}

// Build returns [ErrUnimplemented].
func (Unimplemented) Build(context.Context, BuildRequest, Events) error { return ErrUnimplemented }

func (Unimplemented) mustEmbedUnimplemented() {}
