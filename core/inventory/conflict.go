package inventory

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// checkConflicts tells of definitions that contradict each other with nothing
// but an order of names to decide between them: those of two groups of equal
// depth and priority, and those that two places of group files give one image.
// It is silent where a more specific definition decides.
func (l *loader) checkConflicts() {
	all := conflicts{images: map[conflict][]string{}}
	for _, image := range l.inv.Images {
		for _, name := range image.scope.Names() {
			l.conflictsOf(image, name, all.add)
		}
	}
	for _, c := range all.order {
		l.found.Add(c.diagnostic(all.images[c]))
	}
}

// A conflict is two definitions of which the second wins by chance.
type conflict struct {
	name        string // "http_port", or "labels.team" of a variable that is merged
	loser, wins diag.Pos
	loses, won  string // values, for the message
	from, to    string // groups; the same: what is said of an image alone
}

// conflicts are those of all images, in the order in which they were found.
type conflicts struct {
	images map[conflict][]string
	order  []conflict
}

func (cs *conflicts) add(image string, c conflict) {
	if cs.images[c] == nil {
		cs.order = append(cs.order, c)
	}
	cs.images[c] = append(cs.images[c], image)
}

// conflictsOf looks at one variable of an image; at each key by itself when it
// is merged.
func (l *loader) conflictsOf(image *Image, name string, add func(string, conflict)) {
	definitions := image.scope.Definitions(name)
	if len(definitions) < 2 {
		return
	}
	if !vars.Merged(name) {
		l.conflict(image, name, definitions, func(n document.Node) document.Node { return n }, add)
		return
	}
	for _, e := range image.scope.Value(name).Entries() {
		key := e.Key.Text()
		l.conflict(image, name+"."+key, definitions, func(n document.Node) document.Node { return n.Get(key) }, add)
	}
}

// conflict compares the winner with those that stand beside it.
func (l *loader) conflict(image *Image, name string, definitions []vars.Definition, part func(document.Node) document.Node, add func(string, conflict)) {
	said := slices.DeleteFunc(slices.Clone(definitions), func(d vars.Definition) bool { return part(d.Value).Kind() == document.Absent })
	if len(said) < 2 {
		return
	}
	winner := said[len(said)-1]
	for _, other := range slices.Backward(said[:len(said)-1]) {
		a, b := part(other.Value), part(winner.Value)
		if other.Level != winner.Level || !l.rivals(image, other, winner) || reflect.DeepEqual(a.Value(), b.Value()) {
			continue
		}
		add(image.Name, conflict{
			name: name, loser: a.Pos(), wins: b.Pos(), loses: brief(a), won: brief(b), from: other.Source, to: winner.Source,
		})
		return
	}
}

// rivals reports whether neither of two definitions of one level is more
// specific.
func (l *loader) rivals(image *Image, a, b vars.Definition) bool {
	switch a.Level {
	case vars.Group:
		return a.Source != b.Source && l.inv.groups[a.Source].compare(l.inv.groups[b.Source]) == 0
	case vars.Image:
		return l.isInline(image, a) && l.isInline(image, b)
	default:
		return false
	}
}

// isInline reports whether a definition stands beside the image's name in a
// group, rather than in a file of its own.
func (l *loader) isInline(image *Image, d vars.Definition) bool {
	return slices.ContainsFunc(l.imageVars[image.Name], func(n document.Node) bool { return n.Get(d.Name) == d.Value })
}

func brief(n document.Node) string {
	if n.Kind() == document.Scalar {
		return fmt.Sprintf("%q", n.Text())
	}
	return n.Describe()
}

func (c conflict) diagnostic(images []string) diag.Diagnostic {
	d := diag.Warningf("conflict", c.wins, "%s is %s for %s here, and %s in another place", c.name, c.won, some(images), c.loses).
		WithDetail("The other place is %s. This one wins because it is read later.", c.loser).
		WithFix("keep one of them")
	if c.from != c.to {
		d = diag.Warningf("conflict", c.wins, "the groups %s and %s are equally deep and disagree for %s: %s is %s and %s", c.from, c.to, some(images), c.name, c.loses, c.won).
			WithDetail("%s says so at %s. %s wins, by its name alone.", c.from, c.loser, c.to).
			WithFix("write priority: 1 into the group that shall win")
	}
	return d
}

// some names at most three.
func some(names []string) string {
	names = slices.Sorted(maps.Keys(setOf(names)))
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", len(names)-3)
	}
	return strings.Join(names, ", ")
}
