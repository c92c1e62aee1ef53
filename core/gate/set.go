package gate

import (
	"fmt"
	"slices"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A Set is digests that move to their tags together or not at all.
type Set struct {
	Name    string // as written after "set:", or the members' names
	Members []Member
}

// A Member is one digest of a set and where it is to go.
type Member struct {
	Image      string
	Repository string
	Digest     string
	From       string   // the candidate's tag, which must still point to Digest; empty: not looked at
	To         []string // the tags to move, in the same repository
	Parent     Parent   // the zero Parent when no image of the inventory is one
	Binding    *Binding // what a verdict must be bound to now; nil: whatever it says
	Platforms  []string // what the image is to be there for, when that is several
	Waived     []string // those of its platforms that may go without a verdict
}

// A Parent is the image that the final stage of a member is built on.
type Parent struct {
	Image      string
	Repository string
	Tags       []string // where it stands when it is promoted: under all of them
	ImageIDs   []string // of the images the member was really built on, one for each of its platforms
}

func (m Member) targets() []Target {
	var out []Target
	for _, tag := range m.To {
		out = append(out, Target{Image: m.Image, Repository: m.Repository, Tag: tag})
	}
	return out
}

func (s Set) targets() []Target {
	var out []Target
	for _, m := range s.Members {
		out = append(out, m.targets()...)
	}
	return out
}

// check finds the mistakes in how a set is put together, all of them.
func (s Set) check() error {
	var found diag.List
	if len(s.Members) == 0 {
		found = append(found, diag.Errorf("empty-set", diag.Pos{}, "the promotion set %q has no images", s.Name).
			WithFix("select at least one image"))
	}
	owner := map[string]string{}
	for _, m := range s.Members {
		if len(m.To) == 0 {
			found = append(found, diag.Errorf("no-target", diag.Pos{}, "%s is to be promoted to no tag", m.Image).
				WithFix("name a tag, such as latest"))
		}
		for _, t := range m.targets() {
			if first, taken := owner[t.String()]; taken {
				found = append(found, diag.Errorf("duplicate-target", diag.Pos{}, "%s and %s are both to be promoted to %s", first, m.Image, t).
					WithFix("give each its own tag"))
			}
			owner[t.String()] = m.Image
		}
	}
	return found.Err()
}

// parentsFirst returns the members so that none comes before its parent, and
// otherwise in the order given.
func parentsFirst(members []Member) []Member {
	byImage := map[string]Member{}
	for _, m := range members {
		byImage[m.Image] = m
	}
	depth := func(m Member) int {
		n := 0
		for p, ok := byImage[m.Parent.Image]; ok && n < len(members); p, ok = byImage[p.Parent.Image] {
			n++
		}
		return n
	}
	out := slices.Clone(members)
	slices.SortStableFunc(out, func(a, b Member) int { return depth(a) - depth(b) })
	return out
}

// name returns what messages call the set.
func (s Set) name() string {
	if s.Name != "" {
		return s.Name
	}
	if len(s.Members) == 1 {
		return s.Members[0].Image
	}
	return fmt.Sprintf("%s and %d more", s.Members[0].Image, len(s.Members)-1)
}
