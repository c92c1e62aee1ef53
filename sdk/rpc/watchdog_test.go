package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// stream yields a sign of life after each pause, and ends with its context.
type stream struct {
	ctx    context.Context
	pauses []time.Duration
}

func (s *stream) Recv() (*strategyv1.BuildEvent, error) {
	if len(s.pauses) == 0 {
		return nil, io.EOF
	}
	select {
	case <-s.ctx.Done():
		return nil, context.Cause(s.ctx)
	case <-time.After(s.pauses[0]):
		s.pauses = s.pauses[1:]
		return &strategyv1.BuildEvent{}, nil
	}
}

func TestWatchdog(t *testing.T) {
	tests := map[string]struct {
		stall    time.Duration
		pauses   []time.Duration
		warnings int
		err      error
	}{
		"alive":     {0, []time.Duration{50 * time.Second, 59 * time.Second}, 0, io.EOF},
		"silent":    {0, []time.Duration{5 * time.Minute, time.Second, time.Hour}, 2, io.EOF},
		"cut off":   {2 * time.Minute, []time.Duration{time.Second, time.Hour}, 1, errStalled},
		"just fast": {2 * time.Minute, []time.Duration{119 * time.Second}, 1, io.EOF},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cut := context.WithCancelCause(t.Context())
				var warnings atomic.Int32 // each silence is told from a goroutine of its own
				w := watchdog{Options{Silent: func() { warnings.Add(1) }, StallTimeout: test.stall}.withDefaults(), cut}
				from := &stream{ctx, test.pauses}
				var err error
				for err == nil {
					_, err = w.await(from)
				}
				synctest.Wait()
				if !errors.Is(err, test.err) || int(warnings.Load()) != test.warnings {
					t.Errorf("ended with %v after %d warnings, want %v after %d", err, warnings.Load(), test.err, test.warnings)
				}
			})
		})
	}
}

// A build that works in silence gives signs of life, and no other event is
// touched by them.
func TestQueueGivesSignsOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{}
		q := newQueue(t.Context(), r.send)
		time.Sleep(25 * time.Second)
		_ = q.put(strategy.StepStarted{ID: "a"})
		time.Sleep(9 * time.Second)
		if err := q.close(strategy.Completed{Outcome: strategy.Cancelled}); err != nil {
			t.Fatal(err)
		}
		want := []strategy.Event{nil, nil, strategy.StepStarted{ID: "a"}, strategy.Completed{Outcome: strategy.Cancelled}}
		if diff := cmp.Diff(want, r.events()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStallTimeoutError(t *testing.T) {
	listening := make(chan struct{})
	client, closer, err := InMemory(deaf{release: listening}, Options{StallTimeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	defer close(listening)
	err = client.Build(t.Context(), strategy.BuildRequest{ID: "b"}, discard{})
	if want := "waiting for the build: it said nothing for 1ms"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// deaf builds until it is released, whatever happens.
type deaf struct {
	strategy.Unimplemented
	release chan struct{}
}

func (d deaf) Build(context.Context, strategy.BuildRequest, strategy.Events) error {
	<-d.release
	return nil
}

type discard struct{}

func (discard) Send(strategy.Event) error { return nil }
