package inventory

import (
	"cmp"
	"maps"
	"slices"
)

// A membership says who is in which group. It is worked out once, when all
// groups are known and none contains itself, because every image asks.
type membership struct {
	members map[string][]string // group → its images and those of its children, sorted
	groups  map[string][]*group // image → its groups: all first, shallow before deep, then by priority and name
	data    map[string]any      // members, as templates see them
}

// membership is worked out for all groups; all is what templates see as the
// images of the group of that name.
func (gs groups) membership(all []string) membership {
	m := membership{members: map[string][]string{}, groups: map[string][]*group{}, data: map[string]any{}}
	for name, depth := range gs.depths() {
		gs[name].depth = depth
	}
	for _, g := range slices.SortedFunc(maps.Values(gs), func(a, b *group) int {
		return cmp.Or(a.compare(b), cmp.Compare(a.name, b.name))
	}) {
		for _, image := range m.gather(gs, g) {
			m.groups[image] = append(m.groups[image], g)
		}
		m.data[g.name] = m.members[g.name]
	}
	m.data["all"] = all
	return m
}

// compare says which group's variables win: the deeper one's, and of two as
// deep those of the higher priority.
func (g *group) compare(other *group) int {
	return cmp.Or(cmp.Compare(g.depth, other.depth), cmp.Compare(g.priority, other.priority))
}

// gather returns the images of a group, after those of its children.
func (m *membership) gather(gs groups, g *group) []string {
	if known, ok := m.members[g.name]; ok {
		return known
	}
	all := slices.Clone(g.images)
	for _, child := range g.children {
		all = append(all, m.gather(gs, gs[child.name])...)
	}
	slices.Sort(all)
	m.members[g.name] = slices.Compact(all)
	return m.members[g.name]
}

// depths returns the length of the longest way from all to each group. A group
// that nobody names as a child stands below all.
func (gs groups) depths() map[string]int {
	parents := map[string][]string{}
	for name, g := range gs {
		for _, child := range g.children {
			parents[child.name] = append(parents[child.name], name)
		}
	}
	depths := map[string]int{"all": 0}
	var depth func(name string) int
	depth = func(name string) int {
		if known, ok := depths[name]; ok {
			return known
		}
		deepest := 1
		for _, parent := range parents[name] {
			deepest = max(deepest, depth(parent)+1)
		}
		depths[name] = deepest
		return deepest
	}
	for name := range gs {
		depth(name)
	}
	return depths
}
