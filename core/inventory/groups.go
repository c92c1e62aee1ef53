package inventory

import (
	"maps"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// groups are all groups by name. "all" is among them and holds every image.
type groups map[string]*group

// A group names images and gives them variables.
type group struct {
	name     string
	vars     []document.Node
	images   []string
	children []child
	priority int // among groups of its depth; the highest wins
	depth    int // known once all groups are
}

// A child is the name of a group inside of another.
type child struct {
	name string
	pos  diag.Pos
}

func (gs groups) names() []string { return slices.Sorted(maps.Keys(gs)) }

// add returns the named group, made if need be.
func (gs groups) add(name string) *group {
	if gs[name] == nil {
		gs[name] = &group{name: name}
	}
	return gs[name]
}

// aGroup is a group as written.
type aGroup struct {
	Vars     document.Node            `yaml:"vars"`
	Images   map[string]document.Node `yaml:"images"`
	Hosts    map[string]document.Node `yaml:"hosts"` // Ansible's word for images
	Children map[string]document.Node `yaml:"children"`
	Priority int                      `yaml:"priority"`
}

// readGroup reads a group as YAML has it, and the groups inside of it.
func (l *loader) readGroup(name, body document.Node) *group {
	g := l.group(name)
	var written aGroup
	l.found.Add(document.Decode(body, &written)...)
	g.add(written.Vars, written.Priority)
	l.joinImages(g, body.Get("images"))
	l.joinImages(g, body.Get("hosts"))
	for _, e := range body.Get("children").Entries() {
		below := l.readGroup(e.Key, e.Value)
		g.children = append(g.children, child{below.name, e.Key.Pos()})
	}
	return g
}

// add takes in what one more place says of the group.
func (g *group) add(variables document.Node, priority int) {
	if !variables.IsZero() {
		g.vars = append(g.vars, variables)
	}
	if priority != 0 {
		g.priority = priority
	}
}

// group returns the group that name names, made if need be, and tells what is
// wrong with the name.
func (l *loader) group(name document.Node) *group {
	g := l.inv.groups.add(name.Text())
	if slices.Contains(ComputedGroups(), g.name) || g.name == ungrouped || l.inv.Image(g.name) != nil {
		l.found.Add(diag.Errorf("group-name", name.Pos(), "a group cannot be called %q: that is the name of %s", g.name, l.whoIs(g.name)).WithFix("choose another name"))
	}
	if strings.ContainsAny(g.name, ",!&+~@*?[]: \t") || g.name == "" {
		l.found.Add(diag.Errorf("group-name", name.Pos(), "a group cannot be called %q: no pattern could name it", g.name).
			WithFix("use letters, digits, '.', '_' and '-'"))
	}
	return g
}

func (l *loader) whoIs(name string) string {
	switch {
	case name == ungrouped:
		return "the images that are in no group"
	case l.inv.Image(name) != nil:
		return "an image"
	}
	return "a group that slipway computes"
}

// joinImages puts images into a group, with what the group says of each alone.
func (l *loader) joinImages(g *group, images document.Node) {
	for _, e := range images.Entries() {
		names, problem := expandName(e.Key.Text())
		if problem != "" {
			l.found.Add(diag.Errorf("bad-range", e.Key.Pos(), "in %q: %s", e.Key.Text(), problem))
		}
		for _, name := range names {
			l.joinImage(g, name, e.Key.Pos(), e.Value)
		}
	}
}

// joinImage puts an image into a group, with what stands beside its name.
func (l *loader) joinImage(g *group, name string, pos diag.Pos, variables document.Node) {
	if !l.knownImage(name, pos) {
		return
	}
	g.images = append(g.images, name)
	if !variables.IsZero() {
		l.imageVars[name] = append(l.imageVars[name], variables)
	}
}

// knownImage tells of the name of an image that there is not.
func (l *loader) knownImage(name string, pos diag.Pos) bool {
	if l.inv.Image(name) != nil {
		return true
	}
	hint := diag.Suggest(name, l.inv.Names())
	if hint == "" {
		hint = "make images/" + name + "/Dockerfile, or take the name out"
	}
	l.found.Add(diag.Errorf("unknown-image", pos, "there is no image %q", name).WithFix("%s", hint))
	return false
}
