package world

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Check looks once.
type Check func(ctx context.Context) error

// Eventually looks again and again until check answers nil, for at most
// within. Only a Mismatch is worth another look; any other error ends the wait.
func (w *World) Eventually(ctx context.Context, within time.Duration, check Check) error {
	window, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var last error
	for {
		err := check(window)
		if window.Err() != nil && err != nil {
			return overdue(ctx, within, last, err)
		}
		if m, ok := errors.AsType[Mismatch](err); !ok || m.Final {
			return err
		}
		last = err
		if !w.pause(window) {
			return overdue(ctx, within, last, err)
		}
	}
}

// overdue is the answer of a wait that took too long: what was found at the
// last complete look, or that there was none.
func overdue(ctx context.Context, within time.Duration, last, err error) error {
	m, ok := errors.AsType[Mismatch](last)
	if !ok {
		m, ok = errors.AsType[Mismatch](err)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case ok:
		return Mismatchf("after %s: %s", within, m.Text)
	default:
		return Mismatchf("no answer within %s: %v", within, err)
	}
}

// Throughout looks again and again for the whole window, and answers the first
// look that does not answer nil.
func (w *World) Throughout(ctx context.Context, window time.Duration, check Check) error {
	end := time.Now().Add(window)
	for {
		if err := check(ctx); err != nil {
			return err
		}
		left := time.Until(end)
		if left <= 0 {
			return nil
		}
		if err := sleep(ctx, min(left, w.parts.Poll)); err != nil {
			return err
		}
	}
}

// pause waits for the next look, and reports whether there is time for one.
func (w *World) pause(ctx context.Context) bool { return sleep(ctx, w.parts.Poll) == nil }

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("waiting: %w", context.Cause(ctx))
	case <-timer.C:
		return nil
	}
}
