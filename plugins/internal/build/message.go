package build

import (
	"encoding/json"
	"io"
	"sync"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// A message is what a worker tells: one event in each.
type message struct {
	Started   *strategy.StepStarted  `json:",omitempty"`
	Progress  *strategy.StepProgress `json:",omitempty"`
	Finished  *strategy.StepFinished `json:",omitempty"`
	Log       *strategy.Log          `json:",omitempty"`
	Completed *strategy.Completed    `json:",omitempty"` // the last
}

// event returns the event in m, or nil.
func (m message) event() strategy.Event {
	switch {
	case m.Started != nil:
		return *m.Started
	case m.Progress != nil:
		return *m.Progress
	case m.Finished != nil:
		return *m.Finished
	case m.Log != nil:
		return *m.Log
	default:
		return nil
	}
}

// A teller writes messages, from any goroutine.
type teller struct {
	mu  sync.Mutex
	enc *json.Encoder
}

func newTeller(w io.Writer) *teller { return &teller{enc: json.NewEncoder(w)} }

// tell sends m. A reader that is gone takes the worker with it, so there is
// nothing to do about an error.
func (t *teller) tell(m message) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.enc.Encode(m)
}
