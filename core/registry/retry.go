package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// The waits between tries: doubled each time, up to the longest, and spread so
// that a fleet of runners does not come back at the same instant.
const (
	firstWait   = 200 * time.Millisecond
	longestWait = 60 * time.Second
)

// temporary reports whether a status may be another one a moment later.
func temporary(status int) bool {
	return status >= 500 && status != http.StatusNotImplemented || status == http.StatusTooManyRequests
}

func overloaded(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// backoff is the wait before try n+1, n counting from 0.
func backoff(n int) time.Duration {
	d := min(firstWait<<min(n, 16), longestWait)
	return d/2 + rand.N(d/2) //nolint:gosec // spread is wanted, not secrecy
}

// wait sleeps for d, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// transport sends requests one limiter's turn each, again while that may help.
// When a registry says when to come back, nobody asks it before.
type transport struct {
	base    http.RoundTripper
	limiter *limiter
	retries int
	agent   string

	mu    sync.Mutex
	until time.Time // the registry does not want to be asked before
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	for n := 0; ; n++ {
		resp, err := t.once(req)
		if n >= t.retries || !again(req, resp, err) {
			return resp, err
		}
		if resp != nil {
			t.hold(retryAfter(resp))
			discard(resp)
		}
		if err := wait(req.Context(), backoff(n)); err != nil {
			return nil, err
		}
	}
}

// hold keeps everybody away for d.
func (t *transport) hold(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at := time.Now().Add(d); at.After(t.until) {
		t.until = at
	}
}

// held is how long to stay away.
func (t *transport) held() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, time.Until(t.until))
}

// turn waits until the registry may be asked, and for a place among those that
// ask: who is through gives it back. Whose time is over before the registry
// wants to be asked again need not wait for it.
func (t *transport) turn(ctx context.Context) error {
	d := t.held()
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return &fault{ErrUnreachable, fmt.Errorf("%d %s, and not to be asked again within %s", http.StatusTooManyRequests, http.StatusText(http.StatusTooManyRequests), d.Round(time.Second))}
	}
	if err := wait(ctx, d); err != nil {
		return err
	}
	return t.limiter.acquire(ctx)
}

// once sends a fresh copy of req, for a body can be read only once and a
// transport may not change what it is given.
func (t *transport) once(req *http.Request) (*http.Response, error) {
	if err := t.turn(req.Context()); err != nil {
		return nil, err
	}
	out := req.Clone(req.Context())
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			t.limiter.release(false)
			return nil, err
		}
		out.Body = body
	}
	out.Header.Set("User-Agent", t.agent)
	resp, err := t.base.RoundTrip(out)
	t.limiter.release(resp != nil && overloaded(resp.StatusCode))
	if err == nil {
		resp.Body = answer{resp.Body}
	}
	return resp, err
}

// An answer is the body of a response. That the network breaks it off is a
// [brokenOffError], also where a library reads it.
type answer struct{ io.ReadCloser }

// Read reads on.
func (a answer) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p)
	if err != nil && err != io.EOF && networkFault(err) {
		err = &brokenOffError{err}
	}
	return n, err
}

// A brokenOffError is the end of an answer that is not all there.
type brokenOffError struct{ error }

// Unwrap returns what the network says.
func (e *brokenOffError) Unwrap() error { return e.error }

// again reports whether the same request may succeed a moment later. A body
// that cannot be had a second time cannot be sent a second time.
func again(req *http.Request, resp *http.Response, err error) bool {
	if req.Context().Err() != nil || req.Body != nil && req.Body != http.NoBody && req.GetBody == nil {
		return false
	}
	if err != nil {
		return networkFault(err)
	}
	return temporary(resp.StatusCode)
}

func retryAfter(resp *http.Response) time.Duration {
	h := resp.Header.Get("Retry-After")
	d := time.Duration(0)
	if s, err := strconv.Atoi(h); err == nil {
		d = time.Duration(s) * time.Second
	} else if at, err := http.ParseTime(h); err == nil {
		d = time.Until(at)
	}
	return min(max(d, 0), longestWait)
}

// discard empties a body, within reason, so that the connection is used again.
func discard(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
	_ = resp.Body.Close()
}

// retry calls f again while its error is one that may pass: the copies of
// containers/image have no transport of ours under them.
func (c *Client) retry(ctx context.Context, f func() error) error {
	for n := 0; ; n++ {
		err := f()
		if err == nil || n >= c.retries || ctx.Err() != nil || !passing(err) {
			return err
		}
		if werr := wait(ctx, backoff(n)); werr != nil {
			return errors.Join(err, werr)
		}
	}
}

func passing(err error) bool {
	if status := statusOf(err); status != 0 {
		return temporary(status)
	}
	return networkFault(err)
}

// networkFault reports whether err came from the network rather than from
// what was said over it: a refused certificate stays refused.
func networkFault(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return true
	}
	_, ok := errors.AsType[*net.OpError](err)
	return ok
}
