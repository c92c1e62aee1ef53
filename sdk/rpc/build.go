package rpc

import (
	"context"
	"errors"
	"sync"

	"github.com/slipway-build/slipway/sdk/diag"
	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// errCompleted is what a strategy gets that goes on talking after Completed.
var errCompleted = errors.New("sending an event: the build has completed already")

// build runs one build and answers how it ended: with a last event, or with a
// status when the strategy itself broke.
func (s *Server) build(parent context.Context, req strategy.BuildRequest, send func(*strategyv1.BuildEvent) error) error {
	ctx, end := s.begin(parent, req.ID)
	defer end()
	q := newQueue(parent, send)
	events := &serverEvents{queue: q}
	err := s.runBuild(ctx, req, events)
	var last strategy.Event
	if completed, ok := events.verdict(err); ok {
		last, err = completed, nil
	}
	if closeErr := q.close(last); err == nil {
		err = closeErr
	}
	return toStatus(err)
}

// runBuild calls the strategy; a panic becomes an error that is a diagnostic.
func (s *Server) runBuild(ctx context.Context, req strategy.BuildRequest, events strategy.Events) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = panicError{panicked("Build", cause)}
		}
	}()
	return s.strategy.Build(ctx, req, events)
}

// panicError tells a panic in Build from an error that it returned.
type panicError struct{ diagnostic diag.Diagnostic }

func (e panicError) Error() string { return e.diagnostic.Error() }

// serverEvents holds the end of a build back until the strategy has returned,
// because only then is it known to be the end.
type serverEvents struct {
	queue *queue

	mu        sync.Mutex
	completed *strategy.Completed
	late      int // events after the first Completed
}

// Send queues e.
func (e *serverEvents) Send(event strategy.Event) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.completed != nil {
		e.late++
		return errCompleted
	}
	if c, ok := event.(strategy.Completed); ok {
		e.completed = &c
		return nil
	}
	e.mu.Unlock()
	defer e.mu.Lock()
	return e.queue.put(event)
}

// verdict is the event that ends a build which returned err; ok is false when
// the build has none, because the strategy returned an error instead.
func (e *serverEvents) verdict(err error) (strategy.Completed, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p, ok := errors.AsType[panicError](err); ok {
		return failed(p.diagnostic), true
	}
	switch c := e.completed; {
	case c == nil && err != nil:
		return strategy.Completed{}, false
	case c == nil:
		return failed(breach("the build ended without saying how")), true
	case err != nil:
		return failed(breach("the build completed as %s and then returned an error: %v", c.Outcome, err)), true
	case e.late > 0:
		return failed(breach("the build went on after it had completed as %s", c.Outcome)), true
	default:
		return judge(*c), true
	}
}

// judge returns c, or a failure when c contradicts itself.
func judge(c strategy.Completed) strategy.Completed {
	switch c.Outcome {
	case strategy.OK, strategy.Cached:
		if c.Image == nil || c.Image.Reference == "" {
			return failed(append(c.Diagnostics, breach("the build completed as %s without an image", c.Outcome))...)
		}
	case strategy.Failed, strategy.Cancelled, strategy.Skipped:
	default:
		return failed(append(c.Diagnostics, breach("the build completed as %s", c.Outcome))...)
	}
	return c
}

func failed(ds ...diag.Diagnostic) strategy.Completed {
	return strategy.Completed{Outcome: strategy.Failed, Diagnostics: ds}
}
