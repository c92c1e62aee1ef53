package graph

import (
	"cmp"
	"slices"
)

// Ancestors returns what key depends on, at most depth steps away (all of it
// when depth is negative), without key itself, sorted.
func (g *Graph[K]) Ancestors(key K, depth int) []K {
	return reach(key, depth, func(k K) []K { return g.deps[k] })
}

// Descendants returns what depends on key, at most depth steps away (all of
// it when depth is negative), without key itself, sorted.
func (g *Graph[K]) Descendants(key K, depth int) []K {
	users := make(map[K][]K, len(g.deps))
	for k, deps := range g.deps {
		for _, d := range deps {
			users[d] = append(users[d], k)
		}
	}
	return reach(key, depth, func(k K) []K { return users[k] })
}

// reach goes breadth first, so that a key is met at its shortest distance.
func reach[K cmp.Ordered](key K, depth int, next func(K) []K) []K {
	seen := map[K]bool{key: true}
	var found []K
	for edge := []K{key}; len(edge) > 0 && depth != 0; depth-- {
		var further []K
		for _, k := range edge {
			for _, n := range next(k) {
				if !seen[n] {
					seen[n] = true
					further = append(further, n)
				}
			}
		}
		found = append(found, further...)
		edge = further
	}
	slices.Sort(found)
	return found
}
