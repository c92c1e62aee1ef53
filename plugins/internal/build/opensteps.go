package build

import (
	"slices"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// openSteps passes events on and remembers which steps are open: a worker that
// is killed cannot close them any more.
type openSteps struct {
	events strategy.Events
	ids    []string // the innermost last
}

// Send passes e on.
func (o *openSteps) Send(e strategy.Event) error {
	switch e := e.(type) {
	case strategy.StepStarted:
		o.ids = append(o.ids, e.ID)
	case strategy.StepFinished:
		o.ids = slices.DeleteFunc(o.ids, func(id string) bool { return id == e.ID })
	}
	return o.events.Send(e)
}

// cancel closes what is open, the innermost first.
func (o *openSteps) cancel() error {
	for _, id := range slices.Backward(o.ids) {
		if err := o.events.Send(strategy.StepFinished{ID: id, Outcome: strategy.Cancelled}); err != nil {
			return err
		}
	}
	o.ids = nil
	return nil
}
