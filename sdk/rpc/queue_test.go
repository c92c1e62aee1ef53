package rpc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A reader takes what a queue sends, when it is let.
type reader struct {
	mu   sync.Mutex
	got  []strategy.Event
	gate chan struct{} // nil: always open
}

func (r *reader) send(w *strategyv1.BuildEvent) error {
	if r.gate != nil {
		<-r.gate
	}
	e, _ := eventFromWire(w)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, e)
	return nil
}

// events returns what came so far.
func (r *reader) events() []strategy.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func log(s string) strategy.Log { return strategy.Log{Step: "a", Data: []byte(s)} }

func TestQueueJoinsOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{}
		q := newQueue(t.Context(), r.send)
		for i := range 3 {
			_ = q.put(log(fmt.Sprintf("line %d\n", i)))
		}
		time.Sleep(chunkAge - time.Millisecond)
		synctest.Wait()
		if len(r.events()) > 0 {
			t.Errorf("sent before it was due: %v", r.events())
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		want := []strategy.Event{log("line 0\nline 1\nline 2\n")}
		if diff := cmp.Diff(want, r.events()); diff != "" {
			t.Error(diff)
		}
		_ = q.close(nil)
	})
}

func TestQueueKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{}
		q := newQueue(t.Context(), r.send)
		events := []strategy.Event{
			log("one"),
			strategy.Log{Step: "a", Stderr: true, Data: []byte("two")},
			log("three"),
			strategy.StepFinished{ID: "a"},
			log("four"),
			strategy.Completed{Outcome: strategy.Failed},
		}
		for _, e := range events[:len(events)-1] {
			_ = q.put(e)
		}
		_ = q.close(events[len(events)-1])
		if diff := cmp.Diff(events, r.events()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestQueueSplitsLargeOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{}
		q := newQueue(t.Context(), r.send)
		data := bytes.Repeat([]byte("0123456789"), 10_000)
		_ = q.put(strategy.Log{Data: data})
		_ = q.close(nil)
		var joined []byte
		for _, e := range r.events() {
			piece := e.(strategy.Log).Data
			if len(piece) > chunkMax {
				t.Errorf("a chunk has %d bytes", len(piece))
			}
			joined = append(joined, piece...)
		}
		if !bytes.Equal(data, joined) {
			t.Error("the output has changed")
		}
	})
}

func TestQueueKeepsNewestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{gate: make(chan struct{})}
		q := newQueue(t.Context(), r.send)
		_ = q.put(strategy.StepStarted{ID: "a"})
		synctest.Wait() // the reader is busy with it
		for i := range int64(5) {
			_ = q.put(strategy.StepProgress{ID: "a", Current: i})
		}
		close(r.gate)
		_ = q.close(nil)
		want := []strategy.Event{strategy.StepStarted{ID: "a"}, strategy.StepProgress{ID: "a", Current: 4}}
		if diff := cmp.Diff(want, r.events()); diff != "" {
			t.Error(diff)
		}
	})
}

// A reader that stalls costs output, counted, and nothing else.
func TestQueueShedsOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{gate: make(chan struct{})}
		q := newQueue(t.Context(), r.send)
		block := strings.Repeat("x", chunkMax-1) + "\n"
		begun := time.Now()
		for range 3 + queueBytes/chunkMax {
			_ = q.put(log(block))
		}
		if waited := time.Since(begun); waited != stalledAfter {
			t.Errorf("the writer waited %s", waited)
		}
		_ = q.put(strategy.StepFinished{ID: "a", Outcome: strategy.OK})
		close(r.gate)
		_ = q.close(strategy.Completed{Outcome: strategy.Failed})
		end := []strategy.Event{
			strategy.StepFinished{ID: "a", Outcome: strategy.OK}, strategy.Log{Dropped: 2}, strategy.Completed{Outcome: strategy.Failed},
		}
		if diff := cmp.Diff(end, r.events()[len(r.events())-3:]); diff != "" {
			t.Error(diff)
		}
	})
}

// A reader that is slow but moves costs nothing.
func TestQueueWaitsForSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{gate: make(chan struct{})}
		q := newQueue(t.Context(), r.send)
		const blocks = 3 * queueBytes / chunkMax
		go func() {
			for range blocks {
				time.Sleep(stalledAfter / 2)
				r.gate <- struct{}{}
			}
		}()
		for range blocks {
			_ = q.put(log(strings.Repeat("x", chunkMax)))
		}
		_ = q.close(nil)
		for _, e := range r.events() {
			if d := e.(strategy.Log).Dropped; d > 0 {
				t.Fatalf("%d lines were shed", d)
			}
		}
		if len(r.events()) != blocks {
			t.Errorf("%d of %d blocks came", len(r.events()), blocks)
		}
	})
}

// Whoever waits for room, or comes when there is none, learns that the host has
// gone.
func TestQueueEndsWithStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		gone := errors.New("host gone")
		r := &reader{gate: make(chan struct{})}
		q := newQueue(ctx, r.send)
		for range queueEvents + 1 { // one is with the reader
			_ = q.put(strategy.StepStarted{})
		}
		waiting := make(chan error)
		go func() { waiting <- q.put(strategy.StepStarted{}) }()
		synctest.Wait()
		cancel(gone)
		if err := <-waiting; !errors.Is(err, gone) {
			t.Errorf("one that waited got %v", err)
		}
		for _, e := range []strategy.Event{strategy.StepStarted{}, log("late")} {
			if err := q.put(e); !errors.Is(err, gone) {
				t.Errorf("one that came with %T got %v", e, err)
			}
		}
		close(r.gate)
		if err := q.close(nil); !errors.Is(err, gone) {
			t.Errorf("got %v", err)
		}
	})
}
