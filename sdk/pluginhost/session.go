package pluginhost

import (
	"context"
	"errors"
	"sync"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Session asks a strategy questions: Describe, Validate and Plan. It keeps
// one process for all of them. When that dies while it answers, the question
// is asked once more: questions change nothing, and a process can die of what
// is not its fault, such as another question or the machine's memory. It is
// then asked of a process of its own, so that one question of which processes
// die spoils no other. A second death is the answer. A Session does not build;
// a build has a process of its own, too. Make one with [NewSession].
type Session struct {
	strategy.Unimplemented

	start func(context.Context) (Plugin, error)

	mu      sync.Mutex
	process Plugin
}

var _ strategy.Strategy = (*Session)(nil)

// NewSession returns a session that starts its processes with start, the first
// with the first question.
func NewSession(start func(context.Context) (Plugin, error)) *Session {
	return &Session{start: start}
}

// Describe implements [strategy.Strategy].
func (s *Session) Describe(ctx context.Context, r strategy.DescribeRequest) (strategy.DescribeResponse, error) {
	return ask(ctx, s, r, strategy.Strategy.Describe)
}

// Validate implements [strategy.Strategy].
func (s *Session) Validate(ctx context.Context, r strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	return ask(ctx, s, r, strategy.Strategy.Validate)
}

// Plan implements [strategy.Strategy].
func (s *Session) Plan(ctx context.Context, r strategy.PlanRequest) (strategy.PlanResponse, error) {
	return ask(ctx, s, r, strategy.Strategy.Plan)
}

// Close ends the process, if there is one.
func (s *Session) Close(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	err := s.process.Close(ctx)
	s.process = nil
	return err
}

// ask asks, and asks again when the process dies meanwhile.
func ask[Req, Resp any](
	ctx context.Context, s *Session, r Req, method func(strategy.Strategy, context.Context, Req) (Resp, error),
) (resp Resp, err error) {
	p, err := s.current(ctx)
	if err != nil {
		return resp, err
	}
	resp, err = method(p, ctx, r)
	if _, crashed := errors.AsType[*CrashError](err); !crashed {
		return resp, err
	}
	s.bury(ctx, p)
	alone, err := s.start(ctx)
	if err != nil {
		return resp, err
	}
	defer func() { _ = alone.Close(context.WithoutCancel(ctx)) }()
	return method(alone, ctx, r)
}

// bury gives back what was kept for a process that has died.
func (s *Session) bury(ctx context.Context, dead Plugin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == dead {
		_ = dead.Close(ctx)
		s.process = nil
	}
}

// current returns the process; it starts one when there is none.
func (s *Session) current(ctx context.Context) (Plugin, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		p, err := s.start(ctx)
		if err != nil {
			return nil, err
		}
		s.process = p
	}
	return s.process, nil
}
