package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// faulty KIND starts a registry that is no good, and names it $REGISTRY:
//
//	refuses  whoever asks is answered 403
//	resets   every connection is cut after the request
//	down     nobody listens there
//	limits   every request is one too many
//	login    whoever asks has to log in
//	lying    every manifest has another digest than it is said to have
func faulty(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: faulty KIND")
	}
	handler := map[string]http.HandlerFunc{
		"refuses": refuse, "resets": reset, "down": refuse, "limits": limit, "login": login, "lying": lie,
	}[args[0]]
	if handler == nil {
		ts.Fatalf("no registry is faulty in the way %q", args[0])
	}
	server := httptest.NewServer(handler)
	ts.Setenv("REGISTRY", strings.TrimPrefix(server.URL, "http://"))
	if args[0] == "down" {
		server.Close()
		return
	}
	ts.Defer(server.Close)
}

// refuse answers as a registry does whose owner knows who asks and says no.
func refuse(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte(`{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}`))
}

// reset ends the connection with a TCP reset instead of an answer.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// limit wants everybody to come back later.
func limit(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "0")
	w.WriteHeader(http.StatusTooManyRequests)
}

// login knows nobody.
func login(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("WWW-Authenticate", `Basic realm="a registry"`)
	w.WriteHeader(http.StatusUnauthorized)
}

// lie says of an empty manifest that it is another one.
func lie(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
	w.Header().Set("Docker-Content-Digest", "sha256:"+strings.Repeat("1", 64))
	if r.Method == http.MethodGet {
		_, _ = w.Write([]byte(`{"schemaVersion":2}`))
	}
}
