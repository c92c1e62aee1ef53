package rpc

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/grpc"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Server serves one strategy. Make one with [NewServer].
type Server struct {
	strategy strategy.Strategy

	mu      sync.Mutex
	calls   map[*call]struct{}
	stopped map[string]bool // builds that were to stop, perhaps before they came; "" is all
	idle    *sync.Cond      // signalled when a call ends
}

// A call is one method in flight; build is empty for all but Build.
type call struct {
	build  string
	cancel context.CancelCauseFunc
}

// NewServer returns a server for s.
func NewServer(s strategy.Strategy) *Server {
	server := &Server{strategy: s, calls: map[*call]struct{}{}, stopped: map[string]bool{}}
	server.idle = sync.NewCond(&server.mu)
	return server
}

// Register offers the strategy on r.
func (s *Server) Register(r grpc.ServiceRegistrar) {
	strategyv1.RegisterStrategyServer(r, &service{Server: s})
}

// Stop ends the context of every call, now and from now on, with
// [strategy.ErrStopped] as its cause, and reports whether any was in flight.
// It does not wait; see [Server.Wait].
func (s *Server) Stop() (busy bool) { return s.stop("") }

// Wait waits until no call is in flight, or until ctx ends.
func (s *Server) Wait(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.idle.Broadcast()
	})()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.calls) > 0 && ctx.Err() == nil {
		s.idle.Wait()
	}
	if len(s.calls) > 0 {
		return context.Cause(ctx)
	}
	return nil
}

func (s *Server) stop(build string) (busy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped[build] = true
	for c := range s.calls {
		if build == "" || build == c.build {
			c.cancel(strategy.ErrStopped)
			busy = true
		}
	}
	return busy
}

// begin opens a call; end must be called.
func (s *Server) begin(parent context.Context, build string) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(parent)
	c := &call{build: build, cancel: cancel}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[c] = struct{}{}
	if s.stopped[""] || build != "" && s.stopped[build] {
		cancel(strategy.ErrStopped)
	}
	return ctx, func() { s.end(c) }
}

func (s *Server) end(c *call) {
	c.cancel(nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, c)
	s.idle.Broadcast()
}

// unary calls a method of the strategy: stoppable, and with panics caught.
func unary[Req, Resp any](
	ctx context.Context, s *Server, name string, req Req, method func(context.Context, Req) (Resp, error),
) (resp Resp, err error) {
	ctx, end := s.begin(ctx, "")
	defer end()
	defer func() {
		if cause := recover(); cause != nil {
			err = toStatus(panicked(name, cause))
		}
	}()
	resp, err = method(ctx, req)
	if err != nil && errors.Is(context.Cause(ctx), strategy.ErrStopped) {
		err = strategy.ErrStopped
	}
	return resp, toStatus(err)
}
