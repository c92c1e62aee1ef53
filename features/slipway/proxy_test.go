package slipway_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
)

// A proxy stands before a registry: it counts what is written and fails when
// it is told to.
type proxy struct {
	addr   string // localhost:port
	server *httptest.Server
	hung   chan struct{} // closed when a request was left without an answer

	closing chan struct{}

	mu     sync.Mutex
	writes []string // "PUT /v2/…", in order
	fault  *fault
}

// A fault breaks the second of two tags that are put one after the other:
// where the first was put, everything goes on as before.
type fault struct {
	suffix string // of the paths: "/manifests/latest"
	hang   bool   // the request has no answer; else it is refused
	dead   bool   // from then on nothing is answered at all
	first  string // the path that came through
	struck bool
}

func newProxy(registry string) (*proxy, error) {
	target, err := url.Parse("http://" + registry)
	if err != nil {
		return nil, err
	}
	p := &proxy{hung: make(chan struct{}), closing: make(chan struct{})}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // uploads go on where they began: here
	}}
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch p.judge(r) {
		case hang:
			_, _ = io.Copy(io.Discard, r.Body) // a connection is watched only behind its request
			select {
			case <-r.Context().Done():
			case <-p.closing:
			}
		case refuse:
			http.Error(w, `{"errors":[{"code":"UNKNOWN","message":"the disk is full"}]}`, http.StatusInternalServerError)
		case pass:
			forward.ServeHTTP(w, r)
		}
	}))
	_, port, err := net.SplitHostPort(p.server.Listener.Addr().String())
	p.addr = "localhost:" + port
	return p, err
}

// A treatment is what the proxy does with a request.
type treatment int

const (
	pass treatment = iota
	refuse
	hang
)

// judge notes a request and decides about it.
func (p *proxy) judge(r *http.Request) treatment {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		p.writes = append(p.writes, r.Method+" "+r.URL.Path)
	}
	f := p.fault
	if f == nil {
		return pass
	}
	if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, f.suffix) {
		if f.first == "" {
			f.first = r.URL.Path
		}
		if r.URL.Path != f.first {
			return p.strike(f)
		}
	}
	if f.dead && f.struck {
		return refuse
	}
	return pass
}

func (p *proxy) strike(f *fault) treatment {
	if !f.hang {
		f.struck = true
		return refuse
	}
	if !f.struck {
		f.struck = true
		close(p.hung)
	}
	return hang
}

// set tells the proxy how to fail; nil: not at all.
func (p *proxy) set(f *fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
}

// forget forgets what was written until now.
func (p *proxy) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes = nil
}

// written returns what was written since the last forget.
func (p *proxy) written() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.writes...)
}

func (p *proxy) close() {
	p.set(nil)
	close(p.closing)
	p.server.CloseClientConnections()
	p.server.Close()
}
