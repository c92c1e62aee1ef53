package registry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/containers/image/v5/docker"
	dockererrcode "github.com/docker/distribution/registry/api/errcode"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"
)

// The ways in which a registry fails; every error of a [Client] that comes
// from a registry is one of them.
var (
	// ErrNotFound: the registry answered that it has no such thing.
	ErrNotFound = errors.New("not found")
	// ErrUnauthorized: who we are may not do this (401, 403).
	ErrUnauthorized = errors.New("not authorised")
	// ErrUnreachable: no answer, or none but faults (5xx, 429), however often
	// it was asked.
	ErrUnreachable = errors.New("unreachable")
	// ErrOffline: nobody was asked, for [Options].Offline forbids it. It is an
	// ErrUnreachable, too.
	ErrOffline = errors.New("offline: no registry is asked")
	// ErrRefused: the registry understood and does not do such things, or the
	// configuration forbids to ask.
	ErrRefused = errors.New("refused")
	// ErrMismatch: what a registry answered is not what its digest says, not
	// what was put there, or not what it answered elsewhere.
	ErrMismatch = errors.New("content does not match")
)

// fault is an error of a known kind. Its text is the cause's: the kind is for
// errors.Is, and would only repeat what the cause says.
type fault struct {
	kind  error
	cause error
}

func (f *fault) Error() string   { return f.cause.Error() }
func (f *fault) Unwrap() []error { return []error{f.kind, f.cause} }

// NoAnswerError is the error of a registry that was given a time and did not answer
// within it. It is an [ErrUnreachable].
type NoAnswerError struct{ Within time.Duration }

// Error says how long was waited.
func (e *NoAnswerError) Error() string { return "no answer within " + e.Within.String() }

// Is makes the kind known to [errors.Is].
func (*NoAnswerError) Is(target error) bool { return target == ErrUnreachable }

// A senselessError is an answer that is none of a registry, such as the page of
// a proxy. It is an [ErrMismatch].
type senselessError struct{ how string }

// Error says what is wrong with the answer.
func (e *senselessError) Error() string { return "its answer is no manifest: " + e.how }

// Is makes the kind known to [errors.Is].
func (*senselessError) Is(target error) bool { return target == ErrMismatch }

// sensible tells an answer that the library could make nothing of from one that
// did not come.
func sensible(err error) error {
	if err == nil {
		return nil
	}
	if _, how, found := strings.Cut(err.Error(), ": invalid response"); found {
		return &senselessError{"invalid" + how}
	}
	return err
}

// classified wraps err with what was being done and the kind of its cause.
// Cancellation is not the registry's fault and keeps its own identity.
func classified(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	if kind := kindOf(err); kind != nil {
		err = &fault{kind, err}
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

func kindOf(err error) error {
	for _, known := range []error{ErrNotFound, ErrUnauthorized, ErrUnreachable, ErrRefused, ErrMismatch} {
		if errors.Is(err, known) {
			return nil
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	if errors.Is(err, errdef.ErrNotFound) {
		return ErrNotFound
	}
	if errors.Is(err, auth.ErrBasicCredentialNotFound) {
		return ErrUnauthorized
	}
	if status := statusOf(err); status != 0 {
		return kindOfStatus(status)
	}
	if _, ok := errors.AsType[net.Error](err); ok || networkFault(err) {
		return ErrUnreachable
	}
	return nil
}

func kindOfStatus(status int) error {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return ErrUnauthorized
	case status == http.StatusNotFound:
		return ErrNotFound
	case temporary(status):
		return ErrUnreachable
	default:
		return ErrRefused
	}
}

// statusOf returns the HTTP status behind an error of either library, or 0.
func statusOf(err error) int {
	if err == nil {
		return 0
	}
	if e, ok := errors.AsType[*errcode.ErrorResponse](err); ok {
		return e.StatusCode
	}
	if e, ok := errors.AsType[docker.UnexpectedHTTPStatusError](err); ok {
		return e.StatusCode
	}
	if errors.Is(err, docker.ErrTooManyRequests) {
		return http.StatusTooManyRequests
	}
	if _, ok := errors.AsType[docker.ErrUnauthorizedForCredentials](err); ok {
		return http.StatusUnauthorized
	}
	var coder dockererrcode.ErrorCoder
	if errors.As(err, &coder) {
		return coder.ErrorCode().Descriptor().HTTPStatusCode
	}
	return statusInText(err)
}

// statusInText finds the status in the one error of containers/image that
// keeps it to itself: a 4xx answer whose body is not a registry's, as a proxy
// gives.
func statusInText(err error) int {
	_, after, found := strings.Cut(err.Error(), "StatusCode: ")
	if !found {
		return 0
	}
	digits, _, _ := strings.Cut(after, ",")
	status, _ := strconv.Atoi(digits) // 0 when it is none
	return status
}
