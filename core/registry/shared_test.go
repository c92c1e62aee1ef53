package registry_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/registry"
)

// All registries share one limiter: as many are asked at once as one would be.
func TestLimiterIsShared(t *testing.T) {
	var busy, most atomic.Int32
	tooMany := make(chan struct{})
	tell := sync.OnceFunc(func() { close(tooMany) })
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := busy.Add(1)
		defer busy.Add(-1)
		if n > most.Load() {
			most.Store(n)
		}
		if n == 3 {
			tell()
		}
		select { // others get the time to come as well
		case <-tooMany:
		case <-time.After(100 * time.Millisecond):
		}
		w.WriteHeader(http.StatusNotFound)
	})
	aliases := map[string]string{}
	for _, name := range []string{"localhost:1", "localhost:2"} {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		aliases[name] = strings.TrimPrefix(server.URL, "http://")
	}
	c := registry.New(registry.Options{Aliases: aliases, Parallel: 2})
	var all sync.WaitGroup
	for range 2 {
		for name := range aliases {
			all.Go(func() {
				if _, err := c.Resolve(t.Context(), name+"/acme/web:test"); !errors.Is(err, registry.ErrNotFound) {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if got := most.Load(); got > 2 {
		t.Errorf("%d requests were under way, want two at most", got)
	}
}
