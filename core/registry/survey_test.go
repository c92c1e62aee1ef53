package registry_test

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
)

// A registry that kept a tag and lost the manifest answers as if there were no
// such tag. Whoever must know asks for the list as well.
func TestSurveyOfLostManifests(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	for _, tag := range []string{"sw-0a", "sw-0b", "sw-0c"} {
		push(t, c, tag, "localhost/acme/web:"+tag)
	}
	if err := server.Spoil("acme/web", "sw-0b", os.Remove); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		ref      string
		want     error
		text     string
		requests int
	}{
		"gone":            {"localhost/acme/web:sw-0b", registry.ErrMismatch, "looking up localhost/acme/web:sw-0b: content does not match: the tag is in its list, and what it names is gone", 3},
		"there":           {"localhost/acme/web:sw-0a", nil, "", 1},
		"never there":     {"localhost/acme/web:sw-00", registry.ErrNotFound, "", 2},
		"no such tag":     {"localhost/acme/web:v1", registry.ErrNotFound, "", 2},
		"no repository":   {"localhost/acme/other:sw-0b", registry.ErrNotFound, "", 2},
		"named by digest": {"localhost/acme/web@" + someDigest, registry.ErrNotFound, "", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server.Reset()
			_, err := registry.NewSurvey(c).Resolve(t.Context(), tt.ref)
			if !errors.Is(err, tt.want) || tt.text != "" && err.Error() != tt.text {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if got := server.Requests(); len(got) != tt.requests {
				t.Errorf("asked %v, want %d requests", got, tt.requests)
			}
		})
	}
	push(t, c, "again", "localhost/acme/web:sw-0b")
	if _, err := registry.NewSurvey(c).Resolve(t.Context(), "localhost/acme/web:sw-0b"); err != nil {
		t.Errorf("put there again: %v", err)
	}
}

// What a registry holds under a digest may have rotted.
func TestRottenManifest(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	m := push(t, c, "sound", "localhost/acme/web:test")
	if err := server.Spoil("acme/web", "test", func(file string) error { return os.WriteFile(file, append(m.Bytes, '\n'), 0o644) }); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"localhost/acme/web:test", m.Reference()} {
		if _, err := c.Resolve(t.Context(), ref); !errors.Is(err, registry.ErrMismatch) {
			t.Errorf("%s: error %v, want ErrMismatch", ref, err)
		}
	}
}

// What is down is asked once, not once for each image; another registry is asked
// all the same, and so is one that fails over one image.
func TestSurveyOfLostRegistries(t *testing.T) {
	tests := map[string]struct {
		fail     registrytest.Fault
		want     error
		text     string
		requests int
	}{
		"cut":              {func(*http.Request) (int, bool) { return 0, true }, registry.ErrUnreachable, "looking up localhost/acme/web:two: it hangs up without an answer", 1},
		"limited":          {func(*http.Request) (int, bool) { return http.StatusTooManyRequests, false }, registry.ErrUnreachable, "looking up localhost/acme/web:two: 429 Too Many Requests", 1},
		"behind a gateway": {func(*http.Request) (int, bool) { return http.StatusBadGateway, false }, registry.ErrUnreachable, "looking up localhost/acme/web:two: 502 Bad Gateway", 1},
		"at fault":         {func(*http.Request) (int, bool) { return http.StatusInternalServerError, false }, registry.ErrUnreachable, "", 2},
		"refusing":         {func(*http.Request) (int, bool) { return http.StatusForbidden, false }, registry.ErrUnauthorized, "", 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			broken, well := registrytest.New(t), registrytest.New(t)
			broken.Fail(tt.fail)
			s := registry.NewSurvey(registry.New(registry.Options{Aliases: map[string]string{"localhost": broken.Addr, "localhost:1": well.Addr}, Retries: -1}))
			if _, err := s.Resolve(t.Context(), "localhost/acme/web:one"); !errors.Is(err, tt.want) {
				t.Errorf("the first: error %v, want %v", err, tt.want)
			}
			if _, err := s.Resolve(t.Context(), "localhost/acme/web:two"); !errors.Is(err, tt.want) || tt.text != "" && err.Error() != tt.text {
				t.Errorf("the second: error %v, want %v", err, cmp.Or(tt.text, tt.want.Error()))
			}
			if got := broken.Requests(); len(got) != tt.requests {
				t.Errorf("it was asked %v, want %d requests", got, tt.requests)
			}
			if _, err := s.Resolve(t.Context(), "localhost:1/acme/web:one"); !errors.Is(err, registry.ErrNotFound) {
				t.Errorf("another registry: %v, want ErrNotFound", err)
			}
		})
	}
}

// A registry that takes a question and does not answer in time is not asked the
// next; one that was given no time is.
func TestSurveyOfSilentRegistry(t *testing.T) {
	asked := make(chan struct{}, 4)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	over := errors.New("no answer within a moment")
	for moment := 300 * time.Millisecond; len(asked) == 0 && t.Context().Err() == nil; moment *= 2 { // until it was long enough to be asked
		s := registry.NewSurvey(client(t, strings.TrimPrefix(server.URL, "http://")))
		for range 2 {
			ctx, cancel := context.WithTimeoutCause(t.Context(), moment, over)
			_, err := s.Resolve(ctx, "localhost/acme/web:test")
			cancel()
			if err == nil || !strings.Contains(err.Error(), over.Error()) {
				t.Errorf("error %v, want %v", err, over)
			}
		}
	}
	if len(asked) != 1 {
		t.Errorf("it was asked %d times, want once", len(asked))
	}
}

const someDigest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
