package plan

import (
	"maps"

	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
)

// register notes that a name is known from here on, beside what was known
// before. Where several tasks make it, the last one that was not left out
// counts, and nobody can tell which that will be.
func (s *scout) register(before vars.Later, name string, shape *vars.Shape) {
	if name == "" {
		return
	}
	if other, again := before[name]; again {
		shape = other.Or(shape)
	}
	s.known = maps.Clone(s.known)
	s.known[name] = shape
}

// registered is what is known of the result of one step of a task.
func registered(t *playbook.Task) *vars.Shape {
	var more []string
	if t.Retry != nil {
		more = append(more, "attempts")
	}
	if t.Loop != nil {
		more = append(more, t.Loop.Var)
	}
	return placed(t, t.Result.With(more...))
}

// registeredOfLoop is what is known of the result of a task that is done for
// every item: what every result has, and those of the items.
func registeredOfLoop(t *playbook.Task) *vars.Shape {
	of := vars.Shape{Below: map[string]*vars.Shape{"results": nil}}
	return placed(t, of.With(vars.EveryResult()...))
}

func placed(t *playbook.Task, s *vars.Shape) *vars.Shape {
	if s == nil {
		return nil
	}
	return &vars.Shape{Below: s.Below, Pos: t.Pos}
}
