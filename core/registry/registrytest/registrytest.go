// Package registrytest is a registry for tests: the real one, in process, with
// a log of what it was asked, faults on demand, and content that can be spoilt
// behind its back.
package registrytest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/slipway-build/slipway/core/registry/embedded"
)

// A Request is one that a [Server] was sent.
type Request struct {
	Method string
	Path   string
	Status int   // 0: the connection was cut
	Bytes  int64 // of the answer's body
}

// IsManifest reports whether r was about a manifest or tag.
func (r Request) IsManifest() bool { return strings.Contains(r.Path, "/manifests/") }

// IsBlob reports whether r was about a blob or its upload.
func (r Request) IsBlob() bool { return strings.Contains(r.Path, "/blobs/") }

// String returns the method, path and nothing that differs between runs.
func (r Request) String() string { return r.Method + " " + r.Path }

// A Server is a registry at Addr, with content in a folder of its own, that
// ends with its test.
type Server struct {
	Addr string

	dir      string
	mu       sync.Mutex
	requests []Request
	fail     Fault
	registry http.Handler
}

// A Fault decides about a request before the registry sees it: a status other
// than 0 is the answer, reset cuts the connection.
type Fault func(*http.Request) (status int, reset bool)

// New starts a registry.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{dir: t.TempDir()}
	s.registry = embedded.Handler(t.Context(), s.dir)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.Addr = strings.TrimPrefix(server.URL, "http://")
	return s
}

// Fail has f decide about every request from now on; nil ends that. f is called
// from several goroutines.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = f
}

// Spoil hands the files of the manifests that tags of a repository name to
// spoil, such as [os.Remove]. The tags stay. pattern is one of [path.Match], and
// that it matches no tag is an error.
func (s *Server) Spoil(repository, pattern string, spoil func(file string) error) error {
	const layout = "docker/registry/v2"
	links, err := filepath.Glob(filepath.Join(s.dir, layout, "repositories", repository, "_manifests/tags", pattern, "current/link"))
	if err != nil || links == nil {
		return fmt.Errorf("%s has no tag like %s: %w", repository, pattern, err)
	}
	for _, link := range links {
		digest, err := os.ReadFile(link)
		if err != nil {
			return err
		}
		algorithm, hex, _ := strings.Cut(string(digest), ":")
		if err := spoil(filepath.Join(s.dir, layout, "blobs", algorithm, hex[:2], hex, "data")); err != nil && !os.IsNotExist(err) {
			return err // two tags may name one manifest
		}
	}
	return nil
}

// Requests returns what was asked since the last Reset, in the order of the
// answers.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Reset forgets the requests so far.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Count returns how many requests satisfy all of the conditions, such as
// [Request.IsBlob].
func (s *Server) Count(conditions ...func(Request) bool) int {
	n := 0
	for _, r := range s.Requests() {
		if satisfies(r, conditions) {
			n++
		}
	}
	return n
}

// Bytes returns how many bytes were sent in answers that satisfy all of the
// conditions.
func (s *Server) Bytes(conditions ...func(Request) bool) int64 {
	n := int64(0)
	for _, r := range s.Requests() {
		if satisfies(r, conditions) {
			n += r.Bytes
		}
	}
	return n
}

// Method is a condition for Count and Bytes.
func Method(method string) func(Request) bool {
	return func(r Request) bool { return r.Method == method }
}

func satisfies(r Request, conditions []func(Request) bool) bool {
	for _, c := range conditions {
		if !c(r) {
			return false
		}
	}
	return true
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	fail := s.fail
	s.mu.Unlock()
	seen := &recorder{ResponseWriter: w, status: http.StatusOK}
	defer s.log(r.Method, r.URL.Path, seen)
	if fail != nil {
		status, reset := fail(r)
		if reset {
			seen.status = 0
			panic(http.ErrAbortHandler) // net/http's own way to cut a connection
		}
		if status != 0 {
			seen.WriteHeader(status)
			return
		}
	}
	s.registry.ServeHTTP(seen, r)
}

func (s *Server) log(method, path string, seen *recorder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{method, path, seen.status, seen.bytes})
}

// recorder notes what is answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements [http.ResponseWriter].
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (r *recorder) Write(b []byte) (int, error) {
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] through.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
