package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Sets divides members into the sets that are formed when a playbook names
// none: a member and the parent it was built on are in one set when the
// parent is a member that is not promoted yet. A member that would be refused
// by itself draws nobody in: it stands alone, so that what is unrelated to it
// is not held back. The sets come parents first, and Promote judges them anew.
func (g *Gate) Sets(ctx context.Context, members []Member, options Options) ([]Set, error) {
	ordered := parentsFirst(members)
	needs, err := g.recalling().needs(ctx, ordered, options)
	if err != nil {
		return nil, err
	}
	var sets []Set
	index := map[string]int{} // image → its place in sets
	for _, m := range ordered {
		i, joined := index[m.Parent.Image]
		if !joined || !needs[m.Image] || !needs[m.Parent.Image] {
			i = len(sets)
			sets = append(sets, Set{})
		}
		index[m.Image] = i
		sets[i].Members = append(sets[i].Members, m)
	}
	for i := range sets {
		sets[i].Name = sets[i].joined()
	}
	return sets, nil
}

// needs says which members are fit to be promoted and are not promoted yet:
// only those are tied to each other.
func (g *Gate) needs(ctx context.Context, members []Member, options Options) (map[string]bool, error) {
	needs := map[string]bool{}
	for _, m := range members {
		alone := m
		alone.Parent = Parent{} // the parent's fate is the set's question
		_, err := g.examine(ctx, Set{Members: []Member{alone}}, options)
		if _, refused := errors.AsType[Refusals](err); refused {
			continue
		}
		if err != nil {
			return nil, err
		}
		there, err := g.everywhere(ctx, m)
		if err != nil {
			return nil, fmt.Errorf("looking whether %s is promoted: %w", m.Image, err)
		}
		needs[m.Image] = !there
	}
	return needs, nil
}

// everywhere says whether m's digest stands under all its targets.
func (g *Gate) everywhere(ctx context.Context, m Member) (bool, error) {
	for _, t := range m.targets() {
		if got, err := g.at(ctx, t); err != nil || got != m.Digest {
			return false, err
		}
	}
	return true, nil
}

func (s Set) joined() string {
	var names []string
	for _, m := range s.Members {
		names = append(names, m.Image)
	}
	return strings.Join(names, "+")
}
