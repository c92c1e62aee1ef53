package rpc

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/slipway-build/slipway/sdk/diag"
	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// ErrProtocol marks a plugin that broke the wire contract.
var ErrProtocol = errors.New("broke the protocol")

// A TimeoutError tells of a strategy that was waited for in vain.
type TimeoutError struct{ Err error }

// Error says what was waited for, and how long.
func (e *TimeoutError) Error() string { return e.Err.Error() }

// Unwrap returns what Error says.
func (e *TimeoutError) Unwrap() error { return e.Err }

// toStatus makes an error of a strategy a status. Diagnostics go along as a
// detail, so that they arrive as diagnostics.
func toStatus(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, strategy.ErrUnimplemented):
		return status.Error(codes.Unimplemented, text(err.Error()))
	case errors.Is(err, context.Canceled), errors.Is(err, strategy.ErrStopped):
		return status.Error(codes.Canceled, text(err.Error()))
	}
	s := status.New(codes.Unknown, text(err.Error()))
	if list := diag.Of(err); list != nil {
		if detailed, err := s.WithDetails(&strategyv1.Problems{Diagnostics: diagnosticsToWire(list)}); err == nil {
			s = detailed
		}
	}
	return s.Err()
}

// fromStatus is the way back. What it does not know it returns as it is, with
// its code still readable by [status.Code].
func fromStatus(err error) error {
	s, ok := status.FromError(err)
	if err == nil || !ok {
		return err
	}
	for _, detail := range s.Details() {
		if p, ok := detail.(*strategyv1.Problems); ok {
			return diagnosticsFromWire(p.GetDiagnostics())
		}
	}
	switch s.Code() {
	case codes.Unimplemented:
		return strategy.ErrUnimplemented
	case codes.Unknown:
		return errors.New(s.Message())
	default:
		return err
	}
}

// Lost reports whether err means that the connection to the plugin broke or was
// closed, as when its process died.
func Lost(err error) bool {
	code := status.Code(err)
	return code == codes.Unavailable || code == codes.Internal || code == codes.Canceled
}

// panicked is the diagnostic for a recovered panic; it must be made in the
// deferred function, while the stack still shows its cause.
func panicked(method string, cause any) diag.Diagnostic {
	return diag.Diagnostic{
		Code:    "plugin.panic",
		Summary: fmt.Sprintf("the strategy panicked in %s: %v", method, cause),
		Detail:  string(debug.Stack()),
		Fix:     "report this to the author of the strategy",
	}
}

// breach is the diagnostic for a strategy that broke the contract.
func breach(format string, args ...any) diag.Diagnostic {
	return diag.Errorf("plugin.protocol", diag.Pos{}, format, args...).
		WithFix("report this to the author of the strategy")
}
