package source_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/source"
)

// A server is asked whether a file has changed; what image.yml pins, never
// again.
func TestDownload(t *testing.T) {
	s := newSite(t)
	content, etag := archive(t, "f", "1"), `"1"`
	var said []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		said = append(said, strings.TrimSpace(strings.Join([]string{r.Header.Get("If-None-Match"), user, password, r.Header.Get("Authorization")}, " ")))
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", etag)
		_, _ = w.Write(content)
	}))
	defer server.Close()
	yaml := "- {archive: " + server.URL + "/f.tgz, to: a}"
	step := func(yaml string, offline bool) string {
		t.Helper()
		s.spaces = s.another(s.spaces.Dir)
		s.spaces.Offline, said = offline, nil
		space, err := s.ground(yaml)
		if err != nil {
			t.Fatal(s.clean(err))
		}
		text, _ := os.ReadFile(filepath.Join(space.Dir, "a/f"))
		return fmt.Sprintf("%s %q", text, said)
	}
	for i, tt := range []struct{ got, want string }{
		{step(yaml, false), `1 [""]`},
		{step(yaml, false), `1 ["\"1\""]`},
		{step(yaml, true), `1 []`},
	} {
		if tt.got != tt.want {
			t.Errorf("%d: %s, want %s", i, tt.got, tt.want)
		}
	}
	content, etag = archive(t, "f", "2"), `"2"`
	if got := step(yaml, false); got != `2 ["\"1\""]` {
		t.Error(got)
	}
	withToken := "- {archive: " + server.URL + "/t.tgz, to: a, secret: token}"
	if got := step(withToken, false); got != `2 ["Bearer value of token"]` {
		t.Error(got)
	}
	withUser := "- {archive: " + strings.Replace(server.URL, "://", "://me@", 1) + "/u.tgz, to: a, secret: token}"
	if got := step(withUser, false); !strings.HasPrefix(got, `2 ["me value of token Basic`) {
		t.Error(got)
	}
}

func TestUnreachableDownload(t *testing.T) {
	s := newSite(t)
	server := httptest.NewServer(http.NotFoundHandler())
	server2 := httptest.NewServer(nil)
	server2.Close()
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	for yaml, want := range map[string]string{
		"- archive: http://me:geheim@" + address + "/a.tgz": "fetching " + server.URL + "/a.tgz: the server says 404 Not Found",
		"- archive: " + server2.URL + "/a.tgz":              "fetching " + server2.URL + "/a.tgz: dial tcp " + strings.TrimPrefix(server2.URL, "http://") + ": connect: connection refused",
	} {
		layers, _ := s.read(yaml)
		_, err := s.spaces.Ground(t.Context(), s.image(), layers)
		if away, ok := errors.AsType[*source.UnreachableError](err); !ok || away.Source != layers[0].Name() || err.Error() != want {
			t.Errorf("the error is %v, want %s", err, want)
		}
	}
	s.spaces = s.another(s.spaces.Dir)
	s.spaces.Offline, s.spaces.Mirrors.Offline = true, true
	for yaml, want := range map[string]string{
		"- archive: " + server.URL + "/a.tgz":          "fetching " + server.URL + "/a.tgz: it is not in the cache, and offline nobody is asked",
		"- {git: " + server.URL + "/a.git, ref: main}": "reaching " + server.URL + "/a.git main: it is not in the cache, and offline nobody is asked",
	} {
		_, err := s.ground(yaml)
		if _, ok := errors.AsType[*source.UnreachableError](err); !ok || err.Error() != want {
			t.Errorf("the error is %v, want %s", err, want)
		}
	}
}
