package buildkey_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/buildkey"
)

func TestETag(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "HEAD /versioned":
			w.Header().Set("ETag", `"v1"`)
		case "HEAD /plain":
		case "HEAD /get-only":
			w.WriteHeader(http.StatusMethodNotAllowed)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	tests := []struct{ path, want, problem string }{
		{"/versioned", `"v1"`, ""},
		{"/plain", "", ""},
		{"/get-only", "", ""},
		{"/nowhere", "", "asking for the version of URL/nowhere: the server says 404 Not Found"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			got, err := new(buildkey.Prober).ETag(t.Context(), server.URL+tt.path)
			problem := ""
			if err != nil {
				problem = strings.ReplaceAll(err.Error(), server.URL, "URL")
			}
			if got != tt.want || problem != tt.problem {
				t.Errorf("ETag(%s) = %q, %q; want %q, %q", tt.path, got, problem, tt.want, tt.problem)
			}
		})
	}
}

// A server that takes the question and never answers must not hold up a plan.
func TestETagOfSilentServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	url := "http://" + listener.Addr().String() + "/file"
	p := buildkey.Prober{Timeout: time.Millisecond}
	_, err = p.ETag(t.Context(), url)
	if want := "asking for the version of " + url + ": no answer within 1ms"; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}
