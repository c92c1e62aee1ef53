package secret

import "github.com/slipway-build/slipway/core/event"

// Sink returns a sink that passes events on with secrets hidden.
func (m *Mask) Sink(next event.Sink) event.Sink { return sink{m, next} }

type sink struct {
	mask *Mask
	next event.Sink
}

// Emit passes e on.
func (s sink) Emit(e event.Event) { s.next.Emit(Conceal(s.mask, e)) }
