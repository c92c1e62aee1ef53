package registry

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLimiterAdapts(t *testing.T) {
	l := newLimiter(8)
	for range 2 {
		must(t, l.acquire(t.Context()))
		l.release(true)
	}
	if l.limit != 2 {
		t.Errorf("after two overloads the limit is %d, want 2", l.limit)
	}
	for range 100 {
		must(t, l.acquire(t.Context()))
		l.release(false)
	}
	if l.limit != 8 {
		t.Errorf("after a hundred good answers the limit is %d, want the ceiling 8", l.limit)
	}
}

func TestLimiterBoundsAndKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1)
		must(t, l.acquire(t.Context()))
		var order []int
		for i := range 3 {
			go func() {
				must(t, l.acquire(t.Context()))
				order = append(order, i)
				l.release(false)
			}()
			synctest.Wait()
		}
		if len(order) != 0 {
			t.Fatalf("%v got in while it was full", order)
		}
		l.release(false)
		synctest.Wait()
		if len(order) != 3 || order[0] != 0 || order[2] != 2 {
			t.Errorf("order %v, want that of arrival", order)
		}
	})
}

func TestLimiterForgetsWhoLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1)
		must(t, l.acquire(t.Context()))
		gone := errors.New("gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		got := make(chan error, 1)
		go func() { got <- l.acquire(ctx) }()
		synctest.Wait()
		cancel(gone)
		if err := <-got; !errors.Is(err, gone) {
			t.Errorf("error %v, want the cause", err)
		}
		l.release(false)
		must(t, l.acquire(t.Context()))
	})
}

// answers is a transport that gives one prepared answer after the other.
type answers struct {
	n    atomic.Int32
	give func(n int) (*http.Response, error)
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return a.give(int(a.n.Add(1)))
}

func status(code int, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(""))}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &answers{give: func(n int) (*http.Response, error) {
			if n == 1 {
				return status(http.StatusTooManyRequests, "Retry-After", "17"), nil
			}
			return status(http.StatusOK), nil
		}}
		tr := &transport{base: a, limiter: newLimiter(4), retries: 3}
		start := time.Now()
		resp, err := tr.RoundTrip(request(t, http.MethodGet, nil))
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("answer %v, %v", resp, err)
		}
		if waited := time.Since(start); waited != 17*time.Second {
			t.Errorf("waited %v, want the 17 s the registry asked for", waited)
		}
		if tr.limiter.limit != 2 {
			t.Errorf("limit %d, want half of 4", tr.limiter.limit)
		}
	})
}

// One request too many holds back all others to that registry, not those to
// another one that shares the limiter.
func TestRetryAfterHoldsEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := newLimiter(4)
		a := &answers{give: func(n int) (*http.Response, error) {
			if n == 1 {
				return status(http.StatusTooManyRequests, "Retry-After", "17"), nil
			}
			return status(http.StatusOK), nil
		}}
		busy := &transport{base: a, limiter: shared, retries: 3}
		idle := &transport{base: &answers{give: func(int) (*http.Response, error) { return status(http.StatusOK), nil }}, limiter: shared}
		start := time.Now()
		waited := map[string]time.Duration{}
		var mu sync.Mutex
		ask := func(name string, tr *transport) {
			resp, err := tr.RoundTrip(request(t, http.MethodGet, nil))
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("%s: answer %v, %v", name, resp, err)
			}
			mu.Lock()
			defer mu.Unlock()
			waited[name] = time.Since(start)
		}
		var all sync.WaitGroup
		all.Go(func() { ask("first", busy) })
		synctest.Wait()
		all.Go(func() { ask("second", busy) })
		all.Go(func() { ask("other registry", idle) })
		all.Wait()
		want := map[string]time.Duration{"first": 17 * time.Second, "second": 17 * time.Second, "other registry": 0}
		if diff := cmp.Diff(want, waited); diff != "" {
			t.Errorf("waited (-want +got):\n%s", diff)
		}
	})
}

func TestRetriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &answers{give: func(int) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }}
		tr := &transport{base: a, limiter: newLimiter(4), retries: 3}
		if _, err := tr.RoundTrip(request(t, http.MethodPut, strings.NewReader("body"))); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("error %v, want the last fault", err)
		}
		if n := a.n.Load(); n != 4 {
			t.Errorf("tried %d times, want once and three again", n)
		}
	})
}

func TestWhatIsNeverTriedAgain(t *testing.T) {
	once := io.NopCloser(strings.NewReader("once"))
	tests := map[string]struct {
		body io.Reader
		give int
	}{
		"a refusal":                 {nil, http.StatusForbidden},
		"nothing there":             {nil, http.StatusNotFound},
		"a body that is read once":  {once, http.StatusBadGateway},
		"what is not implemented":   {nil, http.StatusNotImplemented},
		"a request for credentials": {nil, http.StatusUnauthorized},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := &answers{give: func(int) (*http.Response, error) { return status(tt.give), nil }}
			tr := &transport{base: a, limiter: newLimiter(4), retries: 3}
			resp, err := tr.RoundTrip(request(t, http.MethodPost, tt.body))
			if err != nil || resp.StatusCode != tt.give || a.n.Load() != 1 {
				t.Errorf("answer %v, %v after %d tries, want %d after one", resp, err, a.n.Load(), tt.give)
			}
		})
	}
}

func TestLoopback(t *testing.T) {
	for name, want := range map[string]bool{
		"localhost": true, "localhost:5000": true, "127.0.0.1:5000": true, "127.3.2.1": true, "[::1]:5000": true, "[::1]": true,
		"quay.io": false, "localhost.example.com": false, "10.0.0.1:5000": false, "192.168.0.1": false,
	} {
		if got := loopback(name); got != want {
			t.Errorf("loopback(%s) = %t, want %t", name, got, want)
		}
	}
}

func request(t *testing.T, method string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost/v2/", body)
	must(t, err)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
