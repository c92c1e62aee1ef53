package registry_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
)

func verdict(n int) registry.Artifact {
	return registry.Artifact{
		Type: "application/vnd.example.verdict", Annotations: map[string]string{"n": fmt.Sprint(n)},
		Blob: fmt.Appendf(nil, "verdict %d", n), BlobType: "text/plain",
	}
}

func TestAttach(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	subject := push(t, c, "subject", "localhost/acme/web:test")
	none, err := c.Referrers(t.Context(), subject, "")
	if err != nil || none != nil {
		t.Errorf("Referrers = %v, %v, want none", none, err)
	}
	var want []string
	for _, n := range []int{1, 2, 1} {
		m, err := c.Attach(t.Context(), subject, verdict(n))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, m.Digest)
	}
	got, err := c.Referrers(t.Context(), subject, "application/vnd.example.verdict")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Digest != want[0] || got[1].Digest != want[1] || got[1].Annotations["n"] != "2" {
		t.Errorf("Referrers = %+v, want %v once each", got, want[:2])
	}
	other, err := c.Referrers(t.Context(), subject, "application/other")
	if err != nil || len(other) != 0 {
		t.Errorf("Referrers of another type = %v, %v, want none", other, err)
	}
	artifact, err := c.Resolve(t.Context(), got[0].Reference())
	if err != nil || artifact.Annotations["n"] != "1" {
		t.Errorf("Resolve = %+v, %v", artifact, err)
	}
}

// Two machines attach at once: the second one puts back the list that it had
// read before the first one's was there. The first one sees that, and is listed
// again.
func TestAttachFromTwoMachines(t *testing.T) {
	server := registrytest.New(t)
	subject := push(t, client(t, server.Addr), "raced", "localhost/acme/web:test")
	path := "/v2/acme/web/manifests/" + strings.Replace(subject.Digest, ":", "-", 1)
	read, put, looked, lost := moment(), moment(), moment(), moment()
	first := machine(t, server, path, func(r *http.Request, ask func()) {
		switch {
		case r.Method == http.MethodPut:
			read.await(r)
			ask()
			put.come()
		case put.been() && !looked.been():
			ask()
			looked.come()
		case put.been():
			lost.await(r)
			ask()
		default:
			ask()
		}
	})
	second := machine(t, server, path, func(r *http.Request, ask func()) {
		if r.Method == http.MethodPut {
			looked.await(r)
			ask()
			lost.come()
			return
		}
		ask()
		read.come()
	})
	var want []string
	var all sync.WaitGroup
	var mu sync.Mutex
	for n, c := range []*registry.Client{first, second} {
		all.Go(func() {
			m, err := c.Attach(t.Context(), subject, verdict(n))
			mu.Lock()
			defer mu.Unlock()
			if want = append(want, m.Digest); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	listed, err := client(t, server.Addr).Referrers(t.Context(), subject, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range listed {
		got = append(got, m.Digest)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("referrers (-want +got):\n%s", diff)
	}
}

// machine is a client of its own. What it asks about path goes through each, which
// has the server asked.
func machine(t *testing.T, server *registrytest.Server, path string, each func(r *http.Request, ask func())) *registry.Client {
	t.Helper()
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ask := func() { server.ServeHTTP(w, r) }
		if r.URL.Path != path {
			ask()
			return
		}
		each(r, ask)
	}))
	t.Cleanup(between.Close)
	return client(t, strings.TrimPrefix(between.URL, "http://"))
}

// A point is a moment that may have come.
type point struct {
	once *sync.Once
	at   chan struct{}
}

func moment() point { return point{new(sync.Once), make(chan struct{})} }

func (p point) come() { p.once.Do(func() { close(p.at) }) }

func (p point) been() bool {
	select {
	case <-p.at:
		return true
	default:
		return false
	}
}

// await waits for the moment, or for the end of who asks.
func (p point) await(r *http.Request) {
	select {
	case <-p.at:
	case <-r.Context().Done():
	}
}
