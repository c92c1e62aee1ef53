package rpc

import (
	"context"
	"errors"
	"time"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
)

// errStalled is why a build was cut off that had fallen silent.
var errStalled = errors.New("the build fell silent")

// A watchdog notices that a strategy has fallen silent. It watches only while
// a message is awaited, because a slow reader is not the strategy's silence.
type watchdog struct {
	options Options
	cut     context.CancelCauseFunc
}

// receiver is a stream of events.
type receiver interface {
	Recv() (*strategyv1.BuildEvent, error)
}

// await returns the next message of the stream.
func (w watchdog) await(stream receiver) (*strategyv1.BuildEvent, error) {
	warning := time.AfterFunc(w.options.Silence, w.options.Silent)
	defer warning.Stop()
	if w.options.StallTimeout > 0 {
		end := time.AfterFunc(w.options.StallTimeout, func() { w.cut(errStalled) })
		defer end.Stop()
	}
	return stream.Recv()
}
