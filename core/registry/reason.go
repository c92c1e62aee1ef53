package registry

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"oras.land/oras-go/v2/registry/remote/errcode"
)

// Reason returns why a registry failed, for a person who knows which one and
// what was asked: "connection refused", "403 Forbidden: denied". The error
// itself tells the request, too.
func Reason(err error) string {
	if errors.Is(err, ErrOffline) {
		return ErrOffline.Error()
	}
	if response, ok := errors.AsType[*errcode.ErrorResponse](err); ok {
		return strings.TrimSuffix(fmt.Sprintf("%d %s: %s", response.StatusCode, http.StatusText(response.StatusCode), response.Errors), ": ")
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
	return err.Error()
}
