package graph

import (
	"cmp"
	"container/heap"
	"context"
)

// A State says how a walk left a key.
type State int

// The states.
const (
	NotStarted State = iota // the walk ended first
	Done                    // visit returned nil
	Failed                  // visit returned an error
	Blocked                 // something it depends on failed
)

// An Outcome says how one key ended.
type Outcome[K cmp.Ordered] struct {
	Key   K
	State State
	Err   error // what visit returned, when Failed
	Cause K     // the key that failed, when Blocked
}

// A Pool bounds how many of its keys are under way at once.
type Pool struct {
	Size int // at least 1
	busy int
}

// Bounds say how many keys are under way at once.
type Bounds[K cmp.Ordered] struct {
	Total int             // of all keys; no bound when not positive
	Pools func(K) []*Pool // of the pools that a key belongs to; nil: there are none
}

// Walk calls visit once for each key after visit has returned nil for all that
// the key depends on, with no more calls under way than bounds allow. A key is
// started as soon as it may be, the earliest in [Graph.Order] first; one whose
// pool is full lets later ones go before it. What depends on a failed key is blocked; the rest goes
// on. When ctx ends no further key starts, Walk waits for those that run and
// returns the cause. Outcomes come in the order of [Graph.Order]; a cycle is a
// [*CycleError] and nothing runs.
func (g *Graph[K]) Walk(ctx context.Context, bounds Bounds[K], visit func(context.Context, K) error) ([]Outcome[K], error) {
	order, err := g.Order()
	if err != nil {
		return nil, err
	}
	if bounds.Total <= 0 {
		bounds.Total = max(1, len(order))
	}
	w := newWalk(g, order)
	w.run(ctx, bounds, visit)
	return w.outcomes, context.Cause(ctx)
}

// A walk is the bookkeeping of one [Graph.Walk]. One goroutine alone touches
// it: workers only work and send back a result.
type walk[K cmp.Ordered] struct {
	outcomes []Outcome[K]
	pending  []int   // dependencies not yet finished, by position in the order
	users    [][]int // positions that wait for this one
	ready    positions
}

func newWalk[K cmp.Ordered](g *Graph[K], order []K) *walk[K] {
	position := make(map[K]int, len(order))
	w := &walk[K]{
		outcomes: make([]Outcome[K], len(order)),
		pending:  make([]int, len(order)),
		users:    make([][]int, len(order)),
	}
	for i, k := range order {
		position[k] = i
		w.outcomes[i].Key = k
		w.pending[i] = len(g.deps[k])
		for _, d := range g.deps[k] {
			w.users[position[d]] = append(w.users[position[d]], i)
		}
		if w.pending[i] == 0 {
			heap.Push(&w.ready, i)
		}
	}
	return w
}

// A result is what one call of visit returned.
type result struct {
	position int
	err      error
}

func (w *walk[K]) run(ctx context.Context, bounds Bounds[K], visit func(context.Context, K) error) {
	results := make(chan result)
	running := 0
	for {
		for running < bounds.Total && ctx.Err() == nil {
			i, ok := w.next(bounds)
			if !ok {
				break
			}
			running++
			go func() { results <- result{i, visit(ctx, w.outcomes[i].Key)} }()
		}
		if running == 0 {
			return
		}
		r := <-results
		for _, pool := range bounds.pools(w.outcomes[r.position].Key) {
			pool.busy--
		}
		w.finish(r)
		running--
	}
}

// next takes the first ready position whose pools have room.
func (w *walk[K]) next(bounds Bounds[K]) (int, bool) {
	var full []int
	defer func() {
		for _, i := range full {
			heap.Push(&w.ready, i)
		}
	}()
	for w.ready.Len() > 0 {
		i, _ := heap.Pop(&w.ready).(int)
		if bounds.enter(w.outcomes[i].Key) {
			return i, true
		}
		full = append(full, i)
	}
	return 0, false
}

func (b Bounds[K]) pools(key K) []*Pool {
	if b.Pools == nil {
		return nil
	}
	return b.Pools(key)
}

// enter takes room in all pools of a key, or in none.
func (b Bounds[K]) enter(key K) bool {
	pools := b.pools(key)
	for _, pool := range pools {
		if pool.busy >= pool.Size {
			return false
		}
	}
	for _, pool := range pools {
		pool.busy++
	}
	return true
}

// finish records a result and releases the keys that waited for it.
func (w *walk[K]) finish(r result) {
	o := &w.outcomes[r.position]
	o.State, o.Err = Done, r.err
	if r.err != nil {
		o.State = Failed
		w.block(r.position, o.Key)
	}
	for _, u := range w.users[r.position] {
		w.pending[u]--
		if w.pending[u] == 0 && w.outcomes[u].State != Blocked {
			heap.Push(&w.ready, u)
		}
	}
}

// block marks everything that waits for position i, however far, as blocked.
func (w *walk[K]) block(i int, cause K) {
	for _, u := range w.users[i] {
		if w.outcomes[u].State != Blocked {
			w.outcomes[u].State, w.outcomes[u].Cause = Blocked, cause
			w.block(u, cause)
		}
	}
}

// positions is a min-heap of positions in the order.
type positions []int

func (p positions) Len() int           { return len(p) }
func (p positions) Less(i, j int) bool { return p[i] < p[j] }
func (p positions) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

// Push appends x, which is an int.
func (p *positions) Push(x any) {
	i, _ := x.(int)
	*p = append(*p, i)
}

// Pop removes the last position.
func (p *positions) Pop() any {
	last := len(*p) - 1
	x := (*p)[last]
	*p = (*p)[:last]
	return x
}
