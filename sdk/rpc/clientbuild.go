package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// errGrace is why a stopped build was cut off.
var errGrace = errors.New("the build did not end in time")

// Build implements [strategy.Strategy]. When ctx ends the strategy is asked to
// stop, and what it still says is passed on; only if it does not complete
// within the grace is the call cut off, and the cause of ctx returned.
func (c *Client) Build(ctx context.Context, r strategy.BuildRequest, events strategy.Events) error {
	streamCtx, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	stream, err := c.wire.Build(streamCtx, buildRequestToWire(r), callOptions()...)
	if err != nil {
		return fromStatus(err)
	}
	defer context.AfterFunc(ctx, func() { c.stopBuild(streamCtx, r.ID, cut) })()
	err = receive(stream, watchdog{c.options, cut}, events)
	switch cause := context.Cause(streamCtx); {
	case errors.Is(cause, errStalled):
		return &TimeoutError{fmt.Errorf("waiting for the build: it said nothing for %s", c.options.StallTimeout)}
	case errors.Is(cause, errGrace):
		return &TimeoutError{fmt.Errorf("stopping the build (%w): it did not complete within %s", context.Cause(ctx), c.options.StopGrace)}
	}
	return err
}

// stopBuild walks the ladder: ask, wait for the grace, cut off. A plugin that
// cannot be asked is cut off at once.
func (c *Client) stopBuild(ctx context.Context, build string, cut context.CancelCauseFunc) {
	ctx, cancel := context.WithTimeout(ctx, c.options.StopGrace)
	defer cancel()
	if err := c.stop(ctx, build); err == nil {
		<-ctx.Done() // the build's own end, or the grace
	} else {
		// Give its own end precedence over ours.
		timer := time.NewTimer(cutDelay)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
	}
	cut(errGrace)
}

// cutDelay is how long a stream may take to say that its process died, before
// it is cut off because the process could not be asked to stop.
const cutDelay = 100 * time.Millisecond

// receive passes events on until the build completes.
func receive(stream receiver, w watchdog, events strategy.Events) error {
	completed := false
	for {
		message, err := w.await(stream)
		switch {
		case errors.Is(err, io.EOF) && completed:
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%w: the stream of its build ended without saying how the build ended", ErrProtocol)
		case err != nil && completed:
			return nil // the result is known; how the process ends afterwards is not our concern
		case err != nil:
			return fromStatus(err)
		case completed:
			return fmt.Errorf("%w: its build went on after it had completed", ErrProtocol)
		}
		event, ok := eventFromWire(message)
		if !ok {
			continue
		}
		if c, ok := event.(strategy.Completed); ok {
			event, completed = judge(c), true
		}
		if err := events.Send(event); err != nil {
			return fmt.Errorf("passing an event on: %w", err)
		}
	}
}
