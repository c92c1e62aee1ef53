package rpc

import (
	"bytes"
	"context"
	"sync"
	"time"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

const (
	chunkFull    = 16 << 10              // a chunk of this size is sent at once
	chunkMax     = 32 << 10              // no chunk is larger
	chunkAge     = 50 * time.Millisecond // nor waits longer
	queueBytes   = 1 << 20               // of output
	queueEvents  = 1024                  // of all kinds
	stalledAfter = time.Second           // a reader that took nothing for so long is slow
	lifeSign     = 10 * time.Second      // a silence of that length is broken
)

// A queue stands between a strategy and a stream: it joins small pieces of
// output, keeps the newest progress only, and sheds output when the reader
// stalls. Events keep their order.
type queue struct {
	send func(*strategyv1.BuildEvent) error
	done chan struct{} // closed when the sender has ended

	mu      sync.Mutex
	changed chan struct{} // closed and renewed at every change
	items   []item
	bytes   int       // of output in items
	dropped uint64    // lines shed since the last chunk
	taken   time.Time // when the reader last took something
	sent    time.Time // when something was last given to the stream
	closed  bool
	err     error // of the stream
}

// An item is an event and when it came.
type item struct {
	event strategy.Event
	since time.Time
}

// newQueue returns a queue that sends until it is closed or ctx, the stream's
// context, ends.
func newQueue(ctx context.Context, send func(*strategyv1.BuildEvent) error) *queue {
	q := &queue{send: send, done: make(chan struct{}), changed: make(chan struct{}), taken: time.Now(), sent: time.Now()}
	unwatch := context.AfterFunc(ctx, func() { q.fail(context.Cause(ctx)) })
	go func() {
		defer unwatch()
		q.run()
	}()
	return q
}

// put queues e. It waits while the queue is full.
func (q *queue) put(e strategy.Event) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch e := e.(type) {
	case strategy.Log:
		return q.putLog(e)
	case strategy.StepProgress:
		if q.replaceProgress(e) {
			return q.err
		}
	}
	for len(q.items) >= queueEvents {
		if err := q.wait(nil); err != nil {
			return err
		}
	}
	return q.push(e)
}

// putLog queues l in pieces of at most chunkMax bytes.
func (q *queue) putLog(l strategy.Log) error {
	q.dropped += l.Dropped
	for piece := range chunks(l.Data) {
		ok, err := q.room(len(piece))
		if err != nil {
			return err
		}
		if !ok {
			q.dropped += lines(piece)
			continue
		}
		if !q.join(l, piece) {
			next := strategy.Log{Step: l.Step, Stderr: l.Stderr, Data: bytes.Clone(piece), Dropped: q.dropped}
			q.dropped = 0
			if err := q.push(next); err != nil {
				return err
			}
		}
		q.bytes += len(piece)
	}
	return q.err
}

// chunks yields data in pieces of at most chunkMax bytes.
func chunks(data []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := min(len(data), chunkMax)
			if !yield(data[:n]) {
				return
			}
			data = data[n:]
		}
	}
}

// lines counts the lines that begin in data, at least one.
func lines(data []byte) uint64 {
	n := uint64(bytes.Count(data, []byte("\n")))
	if data[len(data)-1] != '\n' {
		n++
	}
	return n
}

// room waits until n bytes of output fit; ok is false when the reader has
// stalled.
func (q *queue) room(n int) (ok bool, err error) {
	for q.bytes+n > queueBytes || len(q.items) >= queueEvents {
		patience := time.Until(q.taken.Add(stalledAfter))
		if patience <= 0 {
			return false, nil
		}
		timer := time.NewTimer(patience)
		err := q.wait(timer.C)
		timer.Stop()
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// join appends piece to the last item if that is output of the same step and
// stream, and nothing was shed between them.
func (q *queue) join(l strategy.Log, piece []byte) bool {
	if len(q.items) == 0 || q.dropped > 0 {
		return false
	}
	last := &q.items[len(q.items)-1]
	tail, ok := last.event.(strategy.Log)
	if !ok || tail.Step != l.Step || tail.Stderr != l.Stderr || len(tail.Data)+len(piece) > chunkMax {
		return false
	}
	tail.Data = append(tail.Data, piece...)
	last.event = tail
	q.notify()
	return true
}

// replaceProgress overwrites a queued progress of the same step.
func (q *queue) replaceProgress(p strategy.StepProgress) bool {
	for i := len(q.items) - 1; i >= 0; i-- {
		if old, ok := q.items[i].event.(strategy.StepProgress); ok && old.ID == p.ID {
			q.items[i].event = p
			return true
		}
	}
	return false
}

func (q *queue) push(e strategy.Event) error {
	if q.err != nil {
		return q.err
	}
	if q.closed {
		return errCompleted
	}
	if len(q.items) == 0 {
		q.taken = time.Now() // an empty queue is no sign of a slow reader
	}
	q.items = append(q.items, item{e, time.Now()})
	q.notify()
	return nil
}

// close queues last, if there is one, and waits until all is sent.
func (q *queue) close(last strategy.Event) error {
	q.mu.Lock()
	if q.dropped > 0 {
		q.items = append(q.items, item{strategy.Log{Dropped: q.dropped}, time.Time{}})
	}
	if last != nil {
		q.items = append(q.items, item{last, time.Time{}})
	}
	q.closed = true
	q.notify()
	q.mu.Unlock()
	<-q.done
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

// run sends what is queued until the queue is closed and empty.
func (q *queue) run() {
	defer close(q.done)
	for {
		e, ok := q.take()
		if !ok {
			return
		}
		if err := q.send(eventToWire(e)); err != nil {
			q.fail(err)
			return
		}
	}
}

// take removes the first event, once it is due. When none comes for long it
// returns nil, a sign of life.
func (q *queue) take() (strategy.Event, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		due, wait := q.due()
		if due {
			return q.pop(), true
		}
		switch {
		case len(q.items) > 0:
		case q.closed:
			return nil, false
		case time.Since(q.sent) >= lifeSign:
			q.sent = time.Now()
			return nil, true
		}
		if q.wait(wait) != nil {
			return nil, false
		}
	}
}

// due reports whether the first event should go now; if not, wait fires when
// it or a sign of life should.
func (q *queue) due() (due bool, wait <-chan time.Time) {
	if len(q.items) == 0 {
		return false, time.After(time.Until(q.sent.Add(lifeSign)))
	}
	first := q.items[0]
	l, isLog := first.event.(strategy.Log)
	if !isLog || q.closed || len(q.items) > 1 || len(l.Data) >= chunkFull {
		return true, nil
	}
	age := time.Since(first.since)
	if age >= chunkAge {
		return true, nil
	}
	return false, time.After(chunkAge - age)
}

func (q *queue) pop() strategy.Event {
	e := q.items[0].event
	q.items = q.items[1:]
	if l, ok := e.(strategy.Log); ok {
		q.bytes -= len(l.Data)
	}
	q.taken = time.Now()
	q.sent = q.taken
	q.notify()
	return e
}

// wait gives the lock up until something changes or timeout fires. It returns
// the error of a stream that has ended, at once when it has: nothing will change
// any more.
func (q *queue) wait(timeout <-chan time.Time) error {
	if q.err != nil {
		return q.err
	}
	changed := q.changed
	q.mu.Unlock()
	select {
	case <-changed:
	case <-timeout:
	}
	q.mu.Lock()
	return q.err
}

func (q *queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = err
	}
	q.notify()
}

func (q *queue) notify() {
	close(q.changed)
	q.changed = make(chan struct{})
}
