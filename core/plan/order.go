package plan

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/inventory"
)

// Batches cuts images of the play into waves as `serial` says, in the order of
// [Play.Order]. Unless the schedule is free no wave holds a child of an image
// of a later one.
func (p *Play) Batches(images []*inventory.Image) [][]*inventory.Image {
	rest := p.Order(images)
	if len(p.Written.Serial) == 0 {
		return [][]*inventory.Image{rest}
	}
	var waves [][]*inventory.Image
	for i := 0; len(rest) > 0; i++ {
		size := p.Written.Serial[min(i, len(p.Written.Serial)-1)].Size(len(images))
		size = min(size, len(rest))
		waves, rest = append(waves, rest[:size:size]), rest[size:]
	}
	return waves
}

// Order sorts images of the play as `order` says. Unless the schedule is free
// an image pulls what it is made from before it.
func (p *Play) Order(images []*inventory.Image) []*inventory.Image {
	wanted := p.wanted(images)
	if p.Schedule == Free {
		return wanted
	}
	chosen := make(map[string]*inventory.Image, len(wanted))
	for _, m := range wanted {
		chosen[m.Name] = m
	}
	out := make([]*inventory.Image, 0, len(wanted))
	seen := make(map[string]bool, len(p.family.Order))
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, parent := range p.family.Graph.Deps(name) {
			visit(parent)
		}
		if m := chosen[name]; m != nil {
			out = append(out, m)
		}
	}
	for _, m := range wanted {
		visit(m.Name)
	}
	return out
}

// wanted is the order as written, parents or not.
func (p *Play) wanted(images []*inventory.Image) []*inventory.Image {
	out := slices.Clone(images)
	byName := func(a, b *inventory.Image) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(out, func(a, b *inventory.Image) int { return p.family.rank[a.Name] - p.family.rank[b.Name] })
	switch p.Written.Order {
	case "reverse_inventory":
		slices.Reverse(out)
	case "sorted":
		slices.SortFunc(out, byName)
	case "reverse_sorted":
		slices.SortFunc(out, byName)
		slices.Reverse(out)
	case "shuffle":
		p.shuffle(out)
	}
	return out
}

// shuffle is another order in every run, and the same one when a run goes on.
func (p *Play) shuffle(images []*inventory.Image) {
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(p.run.ID))                          // writing to a hash cannot fail
	lots := rand.New(rand.NewPCG(seed.Sum64(), uint64(p.Index))) //nolint:gosec // an order is no secret
	lots.Shuffle(len(images), func(i, j int) { images[i], images[j] = images[j], images[i] })
}
