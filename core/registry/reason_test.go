package registry_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/slipway-build/slipway/core/registry"
)

// What is wrong with a registry is said in its own words, where it has some, and
// without the request: who reads it knows what was asked.
func TestReason(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"words": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{{"code": "DENIED", "message": "pull access denied"}}})
		}, "403 Forbidden: denied: pull access denied"},
		"no words": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, "429 Too Many Requests"},
		"login": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="here"`)
			w.WriteHeader(http.StatusUnauthorized)
		}, "it wants a user and a password, and there are none for it"},
		"lie": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			w.Header().Set("Docker-Content-Digest", someDigest)
			_, _ = w.Write([]byte("{}"))
		}, "content does not match: the registry says " + someDigest + ", the bytes are sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "it hangs up without an answer"},
		"hangs up soon": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		}, "it hangs up in the middle of its answer"},
		"a page of a proxy": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>"))
		}, "its answer is no manifest: invalid character '<' looking for beginning of value"},
		"nothing": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			_, _ = w.Write([]byte("{}"))
		}, "its answer is no manifest: invalid `Content-Type` header; mime: no media type"},
		"no manifest": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte("{}"))
		}, "its answer is no manifest: it names neither an image nor others"},
		"nobody": {nil, "connection refused"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(tt.answer)
			t.Cleanup(server.Close)
			if tt.answer == nil {
				server.Close()
			}
			c := registry.New(registry.Options{Aliases: map[string]string{"localhost": strings.TrimPrefix(server.URL, "http://")}, Retries: -1})
			_, err := c.Resolve(t.Context(), "localhost/acme/web:test")
			if err == nil || registry.Reason(err) != tt.want {
				t.Errorf("the reason is %q, want %q (%v)", registry.Reason(err), tt.want, err)
			}
		})
	}
}

// An answer that breaks off is asked for again, as one that does not come is.
func TestAnswerBreaksOff(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		text := `{"config": {"digest": "` + someDigest + `"}}`
		w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		if asked.Add(1) == 1 {
			text = text[:10]
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	c := registry.New(registry.Options{Aliases: map[string]string{"localhost": strings.TrimPrefix(server.URL, "http://")}})
	m, err := c.Resolve(t.Context(), "localhost/acme/web:test")
	if err != nil || m.ImageID != someDigest || asked.Load() != 2 {
		t.Errorf("after %d questions: %+v, %v", asked.Load(), m, err)
	}
}
