package plan

import (
	"slices"

	"github.com/slipway-build/slipway/core/buildkey"
)

// A Link is one image of a chain of causes. Its JSON is part of the command
// line's contract.
type Link struct {
	Image   string            `json:"name"`
	Reasons []buildkey.Reason `json:"reasons"`
}

// A History tells what was different between two builds of an image, by their
// image IDs; nil when one of them is not known.
type History func(image, oldID, newID string) []buildkey.Reason

// Chain returns the shortest chain of causes from an image to one that has a
// cause of its own: a file, an argument, somebody else's image. decisions hold
// the image and all that it is built from. Where the trail is lost, because a
// parent's builds are not known, the chain ends with the parent's image IDs.
func (f *Family) Chain(image string, decisions []Decision, history History) []Link {
	t := trail{family: f, history: history, decisions: map[string]Decision{}, from: map[string]string{}}
	for _, d := range decisions {
		t.decisions[d.Image] = d
	}
	start := Link{Image: image, Reasons: t.decisions[image].Reasons}
	t.from[image] = ""
	t.links = []Link{start}
	return t.walk()
}

// A trail is a search for causes, breadth first.
type trail struct {
	family    *Family
	history   History
	decisions map[string]Decision
	links     []Link            // to be looked at, and looked at
	from      map[string]string // image → the child it was reached from
}

// walk goes up until it meets a cause; it returns the way there, or to the
// first end.
func (t *trail) walk() []Link {
	end := -1
	for i := 0; i < len(t.links); i++ {
		further := t.parents(t.links[i])
		if t.cause(t.links[i]) {
			return t.way(i)
		}
		if len(further) == 0 && end < 0 {
			end = i
		}
		for _, link := range further {
			if _, seen := t.from[link.Image]; !seen {
				t.from[link.Image] = t.links[i].Image
				t.links = append(t.links, link)
			}
		}
	}
	return t.way(max(end, 0))
}

// cause reports whether an image has a reason that no parent explains.
func (t *trail) cause(l Link) bool {
	return slices.ContainsFunc(l.Reasons, func(r buildkey.Reason) bool {
		return r.Kind != BecauseParent && t.parent(l.Image, r) == ""
	})
}

// parent returns the image of the inventory that a reason is about, or "".
func (t *trail) parent(image string, r buildkey.Reason) string {
	if r.Kind == BecauseParent {
		return r.What
	}
	if r.Kind != "image" {
		return ""
	}
	for _, e := range t.family.Node(image).Parents {
		if IdentityOf(e.Input).String() == r.What {
			return e.Parent
		}
	}
	return ""
}

// parents returns the parents that reasons of an image are about, with their
// own reasons: of what is to come, or of what has happened.
func (t *trail) parents(l Link) []Link {
	var out []Link
	for _, r := range l.Reasons {
		name := t.parent(l.Image, r)
		if name == "" {
			continue
		}
		reasons := t.decisions[name].Reasons
		if r.Kind != BecauseParent {
			reasons = t.history(name, r.Old, r.New)
		}
		if len(reasons) > 0 {
			out = append(out, Link{Image: name, Reasons: reasons})
		}
	}
	return out
}

// way returns the links from the start to the one at i.
func (t *trail) way(i int) []Link {
	byName := map[string]Link{}
	for _, l := range t.links {
		byName[l.Image] = l
	}
	var out []Link
	for name := t.links[i].Image; name != ""; name = t.from[name] {
		out = append(out, byName[name])
	}
	slices.Reverse(out)
	return out
}
