package engine

import (
	"context"
	"slices"

	"github.com/slipway-build/slipway/core/graph"
	"github.com/slipway-build/slipway/core/plan"
)

// walk has the images of a wave deal with some places, in parallel. A spot is
// an image at a place, by index, places first, so that of two that may start
// the one of the earlier place does.
func (w *wave) walk(ctx context.Context, places []int) {
	images := len(w.courses)
	bounds := graph.Bounds[int]{Total: w.run.engine.Forks}
	if w.play.Written.Forks > 0 {
		bounds.Total = w.play.Written.Forks
	}
	if pools := w.pools(places); pools != nil {
		bounds.Pools = func(spot int) []*graph.Pool { return pools[spot/images] }
	}
	_, _ = w.spots(len(places)).Walk(ctx, bounds, func(ctx context.Context, spot int) error {
		w.visit(ctx, places[spot/images], w.courses[spot%images])
		return nil
	})
}

// spots says what waits for what: every image for its place before, and, where
// the schedule looks at the family, for the same place of every parent.
func (w *wave) spots(places int) *graph.Graph[int] {
	g, images := new(graph.Graph[int]), len(w.courses)
	for p := range places {
		for i, c := range w.courses {
			var before []int
			if p > 0 {
				before = append(before, (p-1)*images+i)
			}
			if w.play.Schedule != plan.Free {
				for _, parent := range c.parents {
					before = append(before, p*images+parent)
				}
			}
			g.Add(p*images+i, before...)
		}
	}
	return g
}

// pools returns, place by place, what bounds the steps there; nil when nothing
// does.
func (w *wave) pools(places []int) [][]*graph.Pool {
	out, some := make([][]*graph.Pool, len(places)), false
	for i, at := range places {
		out[i] = w.poolsOf(at)
		some = some || out[i] != nil
	}
	if !some {
		return nil
	}
	return out
}

// poolsOf returns the pools of a place, of a looped block those of all that is
// in it.
func (w *wave) poolsOf(at int) []*graph.Pool {
	var pools []*graph.Pool
	for _, here := range w.places[at:w.after(at)] {
		if here.kind != aTask {
			continue
		}
		if pool := w.byAction[here.task.Action]; pool != nil {
			pools = append(pools, pool)
		}
		if here.task.Throttle > 0 {
			if w.byTask[here.task] == nil {
				w.byTask[here.task] = &graph.Pool{Size: here.task.Throttle}
			}
			pools = append(pools, w.byTask[here.task])
		}
	}
	slices.SortFunc(pools, func(a, b *graph.Pool) int { return a.Size - b.Size })
	return slices.Compact(pools)
}
