package registry_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
)

// What was answered is not asked again, until something was written there.
func TestRecall(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	m := registry.Remember(c)
	web, other := push(t, c, "web", "localhost/acme/web:test"), push(t, c, "other", "localhost/acme/website:test")
	if _, err := c.Attach(t.Context(), web, verdict(1)); err != nil {
		t.Fatal(err)
	}
	read := func(from reading, want ...string) {
		t.Helper()
		var got []string
		for _, ref := range []string{"localhost/acme/web:test", web.Reference(), "localhost/acme/web:none", "localhost/acme/website:test"} {
			got = append(got, from.Resolve(ref))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	read(reading{t, m}, web.Digest, web.Digest, "", other.Digest)
	evidence(t, m, web, 1)
	server.Reset()
	read(reading{t, m.Recall()}, web.Digest, web.Digest, "", other.Digest)
	evidence(t, m.Recall(), web, 1)
	if asked := server.Requests(); len(asked) > 0 {
		t.Errorf("asked again: %v", asked)
	}
	if err := m.Tag(t.Context(), web, "none"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Attach(t.Context(), web, verdict(2)); err != nil {
		t.Fatal(err)
	}
	server.Reset()
	read(reading{t, m.Recall()}, web.Digest, web.Digest, web.Digest, other.Digest)
	evidence(t, m.Recall(), web, 2)
	want := []string{
		"GET /v2/acme/web/manifests/test", "GET /v2/acme/web/manifests/none", "GET /v2/acme/web/manifests/sha256-" + web.Digest[len("sha256:"):],
	}
	var got []string
	for _, r := range server.Requests() {
		got = append(got, r.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what was written is asked for again, and nothing else (-want +got):\n%s", diff)
	}
}

// A Memory itself asks each time.
func TestMemoryAsks(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	m := registry.Remember(c)
	first, second := push(t, c, "first", "localhost/acme/web:test"), push(t, c, "second", "localhost/acme/web:other")
	from := reading{t, m}
	if got := from.Resolve("localhost/acme/web:test"); got != first.Digest {
		t.Errorf("before: %s", got)
	}
	if err := c.Tag(t.Context(), second, "test"); err != nil {
		t.Fatal(err)
	}
	if got := (reading{t, m.Recall()}).Resolve("localhost/acme/web:test"); got != first.Digest {
		t.Errorf("recalled: %s, want what was answered", got)
	}
	if got := from.Resolve("localhost/acme/web:test"); got != second.Digest {
		t.Errorf("after: %s, want what it names now", got)
	}
}

// A registry without the referrers API is found out by one request, whichever
// repository meets it first.
func TestReferrersAPIIsLookedForOnce(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	for _, repo := range []string{"localhost/acme/one", "localhost/acme/two", "localhost/acme/three"} {
		evidence(t, c, push(t, c, repo, repo+":test"), 0)
	}
	if n := server.Count(func(r registrytest.Request) bool { return strings.Contains(r.Path, "/referrers/") }); n != 1 {
		t.Errorf("the API was asked for %d times: %v", n, server.Requests())
	}
}

// reading reads the digests of references.
type reading struct {
	t    *testing.T
	from resolver
}

func (r reading) Resolve(ref string) string {
	r.t.Helper()
	m, err := r.from.Resolve(r.t.Context(), ref)
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		r.t.Fatal(err)
	}
	return m.Digest
}

type resolver interface {
	Resolve(ctx context.Context, ref string) (registry.Manifest, error)
}

type lister interface {
	Referrers(ctx context.Context, subject registry.Manifest, artifactType string) ([]registry.Manifest, error)
}

// evidence wants so many verdicts of a subject, and none of another type.
func evidence(t *testing.T, from lister, subject registry.Manifest, want int) {
	t.Helper()
	for artifactType, want := range map[string]int{verdict(0).Type: want, "application/vnd.example.other": 0} {
		got, err := from.Referrers(t.Context(), subject, artifactType)
		if err != nil || len(got) != want {
			t.Errorf("%d of type %s, %v; want %d", len(got), artifactType, err, want)
		}
	}
}
