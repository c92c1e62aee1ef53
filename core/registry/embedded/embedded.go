// Package embedded is a registry in this process: the reference
// implementation over a folder, so that a workstation needs no registry of its
// own and tests talk to a real one.
//
// It listens on a loopback address and asks nobody for a password: it is for
// this machine, and anybody who can reach it may write. Tags and manifests can
// be deleted, so that a promotion can be undone.
//
// Several processes may serve one folder at the same time. The folder is the
// only state (no cache is kept in memory), every file appears in it by rename,
// and nothing is ever purged: unfinished uploads of a process that was killed
// stay until the folder is removed, for no process can tell them from another
// one's work.
package embedded

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem" // the storage driver configured below
	"github.com/sirupsen/logrus"
)

// Options are where a registry listens and keeps its content.
type Options struct {
	Dir  string    // created by the first push: who only asks leaves no trace
	Addr string    // "": a free port of 127.0.0.1
	Log  io.Writer // what the registry says while it works; nil: nothing
}

// A Server is a registry that answers requests.
type Server struct {
	listener net.Listener
	http     *http.Server
	app      *handlers.App
	done     chan error
}

// Start opens a registry and answers when it can be asked. It serves until
// Close, or until ctx ends, and then cuts requests short.
func Start(ctx context.Context, o Options) (*Server, error) {
	if info, err := os.Stat(o.Dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("starting the embedded registry: %w", &fs.PathError{Op: "open", Path: o.Dir, Err: syscall.ENOTDIR})
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", cmp.Or(o.Addr, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("starting the embedded registry: %w", err)
	}
	out := o.Log
	if out == nil {
		out = io.Discard
	}
	entry := newEntry(out)
	app := newApp(ctx, o.Dir, entry)
	s := &Server{
		listener: listener, app: app, done: make(chan error, 1),
		http: &http.Server{
			Handler:           logged(app, entry),
			ReadHeaderTimeout: time.Minute,
			ErrorLog:          log.New(lines{entry}, "", 0),
		},
	}
	context.AfterFunc(ctx, func() { _ = s.http.Close() })
	go func() { s.done <- s.http.Serve(listener) }()
	return s, nil
}

// Addr returns the host:port at which s is asked.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close lets running requests finish until ctx ends, then cuts them short.
func (s *Server) Close(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		_ = s.http.Close()
	}
	if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	s.done <- http.ErrServerClosed // so that closing twice is harmless
	if err = errors.Join(err, s.app.Shutdown()); err != nil {
		return fmt.Errorf("closing the embedded registry: %w", err)
	}
	return nil
}

// Handler returns a registry over dir without a server, silent, for whoever
// wants to stand between it and its clients.
func Handler(ctx context.Context, dir string) http.Handler {
	entry := newEntry(io.Discard)
	return logged(newApp(ctx, dir, entry), entry)
}

func newApp(ctx context.Context, dir string, entry *logrus.Entry) *handlers.App {
	return handlers.NewApp(logging{ctx, entry}, settings(dir))
}

// settings are those of a registry without memory of its own: no cache, no
// purging, no metrics (which are one set per process) and no redirects.
func settings(dir string) *configuration.Configuration {
	c := &configuration.Configuration{
		Storage: configuration.Storage{
			"filesystem":  {"rootdirectory": dir},
			"delete":      {"enabled": true},
			"redirect":    {"disable": true},
			"maintenance": {"uploadpurging": map[any]any{"enabled": false}},
		},
	}
	c.HTTP.Secret = rand.Text()
	c.Catalog.MaxEntries = 1000
	return c
}
