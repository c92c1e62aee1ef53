package action_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/action"
)

// site answers with what it was asked, and misbehaves where it is asked to.
func site() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		_, _ = fmt.Fprintf(w, "%s %s|%s|%s|%s:%s|%s", r.Method, r.Header.Get("Content-Type"), body, r.Header.Get("X-Own"), user, password, r.Host)
	})
	mux.HandleFunc("/json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/health+json; charset=utf-8")
		_, _ = io.WriteString(w, `{"status": "UP", "checks": [1]}`)
	})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":`)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/json", http.StatusFound) })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/none", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "123")
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 16<<20+1)) })
	return mux
}

func TestURI(t *testing.T) {
	server := httptest.NewServer(site())
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	tests := []struct {
		name, args string
		changed    bool
		content    string
	}{
		{"get", "url: URL/echo", false, "GET |||:|" + host},
		{"head", "url: URL/echo\nmethod: HEAD", false, ""},
		{"raw", "url: URL/echo\nmethod: POST\nbody: 'for {{ .image.name }}'", true, "POST |for web||:|" + host},
		{"json", "url: URL/echo\nmethod: PUT\nbody: {b: [1, x], a: true}\nbody_format: json", true, `PUT application/json|{"a":true,"b":[1,"x"]}||:|` + host},
		{"form", "url: URL/echo\nmethod: POST\nbody: {b: [1, x], a: 'y z'}\nbody_format: form", true, "POST application/x-www-form-urlencoded|a=y+z&b=1&b=x||:|" + host},
		{"headers", "url: URL/echo\nheaders: {X-Own: mine, Host: other.test, Content-Type: text/x}", false, "GET text/x||mine|:|other.test"},
		{"user", "url: URL/echo\nuser: me\npassword: '1.10'", false, "GET |||me:1.10|" + host},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := newStand(t).run(new(action.URI), "return_content: true\n"+strings.Replace(tt.args, "URL", server.URL, 1))
			if err != nil || got.Changed != tt.changed || got.Values["content"] != tt.content {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	got, err := newStand(t).run(new(action.URI), "url: "+server.URL+"/json")
	if diff := cmp.Diff(any(map[string]any{"status": "UP", "checks": []any{1.0}}), got.Values["json"]); err != nil || diff != "" || got.Values["content"] != "" {
		t.Errorf("%+v, %v\n%s", got, err, diff)
	}
	if headers := got.Values["headers"].(map[string]any); headers["content_type"] != "application/health+json; charset=utf-8" {
		t.Errorf("%v", headers)
	}
	if want := "200 OK " + server.URL + "/json"; got.Detail != want || got.Verb != "GET" {
		t.Errorf("%s %s", got.Verb, got.Detail)
	}
}

func TestURIFollowsRedirects(t *testing.T) {
	server := httptest.NewServer(site())
	defer server.Close()
	tests := []struct {
		args   string
		status int
		url    string
	}{
		{"", 200, "/json"},
		{"follow_redirects: none\nstatus_code: 302", 302, "/moved"},
		{"method: POST\nstatus_code: [200, 302]", 302, "/moved"},
		{"method: POST\nfollow_redirects: all", 200, "/json"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			got, err := newStand(t).run(new(action.URI), "url: "+server.URL+"/moved\n"+tt.args)
			if err != nil || got.Values["status"] != tt.status || got.Values["url"] != server.URL+tt.url {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestURIFails(t *testing.T) {
	server := httptest.NewServer(site())
	defer server.Close()
	down := httptest.NewServer(site())
	down.Close()
	tests := []struct{ name, args, want string }{
		{"another status", "url: URL/none", "asking URL/none: it answered 204 No Content, and success is 200"},
		{"none of several", "url: URL/nope\nstatus_code: [200, 204]", "asking URL/nope: it answered 404 Not Found, and success is 200 or 204"},
		{"down", "url: DOWN/", "asking DOWN/: dial tcp " + strings.TrimPrefix(down.URL, "http://") + ": connect: connection refused"},
		{"slow", "url: URL/slow\ntimeout: 50ms", "asking URL/slow: no answer within 50ms"},
		{"cut off", "url: URL/cut", "asking URL/cut: unexpected EOF"},
		{"too large", "url: URL/large", "asking URL/large: the answer is larger than 16777216 bytes"},
		{"redirected for ever", "url: URL/loop", "asking URL/loop: it is redirected again and again"},
		{"broken JSON", "url: URL/broken", "asking URL/broken: reading the answer as JSON: unexpected end of JSON input"},
		{"no such host", "url: http://nowhere.invalid/", ""},
		{"a template that comes to nothing", "url: '{{ \"\" }}'", `asking "": it begins neither with http:// nor with https://`},
	}
	expand := strings.NewReplacer("URL", server.URL, "DOWN", down.URL)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := newStand(t).run(new(action.URI), expand.Replace(tt.args))
			if tt.name == "no such host" {
				if err == nil || got.Values["status"] != -1 {
					t.Errorf("%+v, %v", got, err)
				}
				return
			}
			fails(t, expand.Replace(tt.want), err)
		})
	}
	got, _ := newStand(t).run(new(action.URI), "url: "+server.URL+"/none")
	if got.Values["status"] != 204 {
		t.Errorf("a failed step does not say what answered: %+v", got)
	}
}

func TestURIOverTLS(t *testing.T) {
	server := httptest.NewTLSServer(site())
	defer server.Close()
	server.Config.ErrorLog = nil
	s := newStand(t)
	s.write("roles/web/files/ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	s.write("no.pem", "nothing")
	tests := []struct{ name, args, want string }{
		{"nobody has signed it", "", "asking URL/json: tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{"not looked at", "validate_certs: false", ""},
		{"signed by ca", "ca: ca.pem", ""},
		{"no certificate in ca", "ca: no.pem", "p.yml:2:5: error[no-certificate]: " + s.root + "/no.pem holds no certificate (give certificates in PEM, which begin with -----BEGIN CERTIFICATE-----)"},
		{"no ca", "ca: nope.pem", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.run(&action.URI{Dir: s.root}, "url: "+server.URL+"/json\n"+tt.args, in(s.root+"/roles/web"))
			if tt.name == "no ca" {
				if err == nil || !strings.Contains(err.Error(), "error[no-file]: there is no file nope.pem") {
					t.Errorf("%v", err)
				}
				return
			}
			fails(t, strings.ReplaceAll(tt.want, "URL", server.URL), err)
		})
	}
}

func TestURIThroughAProxy(t *testing.T) {
	asked := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.String() }))
	defer proxy.Close()
	uri := &action.URI{Env: []string{"http_proxy=http://wrong.invalid", "http_proxy=" + proxy.URL, "NO_PROXY=other.test"}}
	if _, err := newStand(t).run(uri, "url: http://behind.test/x"); err != nil {
		t.Fatal(err)
	}
	if got := <-asked; got != "http://behind.test/x" {
		t.Errorf("the proxy was asked for %s", got)
	}
	uri.Env[2] = "NO_PROXY=behind.test"
	if _, err := newStand(t).run(uri, "url: http://behind.test:1/x\ntimeout: 1s"); err == nil {
		t.Error("no_proxy is passed over")
	}
}

func TestURIAsksNothingInCheckMode(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	got, err := newStand(t).run(new(action.URI), "url: http://"+listener.Addr().String()+"\nstatus_code: [204, 200]", checking)
	if err != nil || !got.Skipped || got.Values["status"] != 204 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestURIIsInterrupted(t *testing.T) {
	server := httptest.NewServer(site())
	defer server.Close()
	s := newStand(t)
	step, err := s.step(new(action.URI), "url: "+server.URL+"/slow")
	if err != nil {
		t.Fatal(err)
	}
	_, err = new(action.URI).Run(cancelled(t), step)
	fails(t, "asking "+server.URL+"/slow: context canceled", err)
}

