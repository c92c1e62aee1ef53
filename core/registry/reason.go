package registry

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"
)

// Reason returns why a registry failed, for a person who knows which one and
// what was asked: "connection refused", "403 Forbidden: denied". The error
// itself tells the request, too.
func Reason(err error) string {
	if errors.Is(err, ErrOffline) {
		return ErrOffline.Error()
	}
	if late, ok := errors.AsType[*NoAnswerError](err); ok {
		return late.Error()
	}
	if senseless, ok := errors.AsType[*senselessError](err); ok {
		return senseless.Error()
	}
	if _, ok := errors.AsType[*brokenOffError](err); ok {
		return "it hangs up in the middle of its answer"
	}
	if response, ok := errors.AsType[*errcode.ErrorResponse](err); ok {
		return said(response)
	}
	if errors.Is(err, auth.ErrBasicCredentialNotFound) {
		return "it wants a user and a password, and there are none for it"
	}
	if _, how, ok := strings.Cut(err.Error(), ErrMismatch.Error()); ok && errors.Is(err, ErrMismatch) {
		return ErrMismatch.Error() + how
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.Err
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		return number.Error()
	}
	if status := statusOf(err); status != 0 {
		return fmt.Sprintf("%d %s", status, http.StatusText(status))
	}
	if errors.Is(err, io.EOF) {
		return "it hangs up without an answer"
	}

	if request, ok := errors.AsType[*url.Error](err); ok {
		return request.Err.Error()
	}
	return err.Error()
}

// said is a refusal in the registry's own words, if it has any.
func said(r *errcode.ErrorResponse) string {
	text := fmt.Sprintf("%d %s", r.StatusCode, http.StatusText(r.StatusCode))
	if len(r.Errors) == 0 {
		return text
	}
	return strings.TrimSuffix(text+": "+r.Errors.Error(), ": ")
}
