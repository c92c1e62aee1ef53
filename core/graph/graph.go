// Package graph orders work that has dependencies and runs it in parallel.
//
// It knows nothing about images, playbooks or plugins: a node is any ordered
// key, and the work is a function of that key. Everything it answers is the
// same every time: keys come in dependency order, and keys that do not depend
// on each other in their own order.
package graph

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Graph is a set of keys and the dependencies between them. The zero Graph
// is empty and ready to use. It is not safe for concurrent changes.
type Graph[K cmp.Ordered] struct {
	deps map[K][]K
}

// Add adds key, which depends on each of deps; they are added as well. Adding
// a key again adds to its dependencies.
func (g *Graph[K]) Add(key K, deps ...K) {
	if g.deps == nil {
		g.deps = make(map[K][]K)
	}
	all := slices.Concat(g.deps[key], deps)
	slices.Sort(all)
	g.deps[key] = slices.Compact(all)
	for _, d := range deps {
		if _, ok := g.deps[d]; !ok {
			g.deps[d] = nil
		}
	}
}

// Keys returns every key in its own order.
func (g *Graph[K]) Keys() []K { return slices.Sorted(maps.Keys(g.deps)) }

// Deps returns what key depends on directly, sorted.
func (g *Graph[K]) Deps(key K) []K { return slices.Clone(g.deps[key]) }

// A CycleError reports keys that wait for each other. The first and the last
// key are the same.
type CycleError[K cmp.Ordered] struct{ Keys []K }

// Error names the whole cycle: "dependency cycle: a -> b -> a".
func (e *CycleError[K]) Error() string {
	names := make([]string, len(e.Keys))
	for i, k := range e.Keys {
		names[i] = fmt.Sprint(k)
	}
	return "dependency cycle: " + strings.Join(names, " -> ")
}

// Order returns every key after its dependencies, or a [*CycleError].
func (g *Graph[K]) Order() ([]K, error) {
	v := visitor[K]{graph: g, state: make(map[K]state, len(g.deps))}
	for _, k := range g.Keys() {
		if err := v.visit(k); err != nil {
			return nil, err
		}
	}
	return v.order, nil
}

type state int

const (
	unseen state = iota
	open
	closed
)

// A visitor is a depth-first search under way.
type visitor[K cmp.Ordered] struct {
	graph *Graph[K]
	state map[K]state
	path  []K
	order []K
}

func (v *visitor[K]) visit(k K) error {
	switch v.state[k] {
	case closed:
		return nil
	case open:
		from := slices.Index(v.path, k)
		return &CycleError[K]{Keys: append(slices.Clone(v.path[from:]), k)}
	default:
		return v.enter(k)
	}
}

// enter visits what k depends on, then k.
func (v *visitor[K]) enter(k K) error {
	v.state[k] = open
	v.path = append(v.path, k)
	for _, d := range v.graph.deps[k] {
		if err := v.visit(d); err != nil {
			return err
		}
	}
	v.path = v.path[:len(v.path)-1]
	v.state[k] = closed
	v.order = append(v.order, k)
	return nil
}
