package registry

import (
	"context"
	"sync"
)

// A limiter bounds how many requests are under way. It starts at its ceiling,
// halves when a registry says that it is too much, and grows back by one after
// as many good answers as it lets through at once: what TCP does, and for the
// same reason. All users of a Client share one, so that no part of a run can
// go round it.
type limiter struct {
	mu      sync.Mutex
	ceiling int
	limit   int
	busy    int
	good    int // good answers since the limit last moved
	waiting []chan struct{}
}

func newLimiter(ceiling int) *limiter { return &limiter{ceiling: ceiling, limit: ceiling} }

// acquire waits for its turn, in order of arrival, or for the end of ctx.
func (l *limiter) acquire(ctx context.Context) error {
	l.mu.Lock()
	if l.busy < l.limit && len(l.waiting) == 0 {
		l.busy++
		l.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	l.waiting = append(l.waiting, turn)
	l.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		l.leave(turn)
		return context.Cause(ctx)
	}
}

// leave takes a waiter out, or hands on the turn it was given meanwhile.
func (l *limiter) leave(turn chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, w := range l.waiting {
		if w == turn {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			return
		}
	}
	l.busy--
	l.admit()
}

// release ends a request; overloaded says that the registry asked for fewer.
func (l *limiter) release(overloaded bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy--
	l.learn(overloaded)
	l.admit()
}

func (l *limiter) learn(overloaded bool) {
	if overloaded {
		l.limit, l.good = max(1, l.limit/2), 0
		return
	}
	if l.good++; l.good >= l.limit && l.limit < l.ceiling {
		l.limit, l.good = l.limit+1, 0
	}
}

func (l *limiter) admit() {
	for l.busy < l.limit && len(l.waiting) > 0 {
		close(l.waiting[0])
		l.waiting = l.waiting[1:]
		l.busy++
	}
}
