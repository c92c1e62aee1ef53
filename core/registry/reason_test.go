package registry_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
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
		"nobody":   {nil, "connection refused"},
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
