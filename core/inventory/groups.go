package inventory

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
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
	pos      diag.Pos
	vars     []document.Node
	images   []string
	children []string
}

func (gs groups) names() []string { return slices.Sorted(maps.Keys(gs)) }

// add returns the named group, made if need be.
func (gs groups) add(name string, pos diag.Pos) *group {
	if gs[name] == nil {
		gs[name] = &group{name: name, pos: pos}
	}
	return gs[name]
}

// members returns the images of a group and of the groups below it, sorted.
func (gs groups) members(g *group) []string {
	var out []string
	for _, name := range append(gs.below(g), g.name) {
		out = append(out, gs[name].images...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// below returns the groups below g, each once; there are no cycles any more.
func (gs groups) below(g *group) []string {
	var out []string
	for _, child := range g.children {
		if !slices.Contains(out, child) {
			out = append(out, child)
			out = append(out, gs.below(gs[child])...)
		}
	}
	return out
}

// of returns the groups that an image is in: all first, then shallow before
// deep, groups of one depth by name.
func (gs groups) of(image string) []*group {
	var in []*group
	for _, name := range gs.names() {
		if slices.Contains(gs.members(gs[name]), image) {
			in = append(in, gs[name])
		}
	}
	slices.SortStableFunc(in, func(a, b *group) int {
		return cmp.Or(cmp.Compare(gs.depth(a.name), gs.depth(b.name)), cmp.Compare(a.name, b.name))
	})
	return in
}

// depth is the length of the longest way from all to a group.
func (gs groups) depth(name string) int {
	if name == "all" {
		return 0
	}
	deepest := 1
	for parent, g := range gs {
		if slices.Contains(g.children, name) {
			deepest = max(deepest, gs.depth(parent)+1)
		}
	}
	return deepest
}

// aGroup is a group as written.
type aGroup struct {
	Vars     document.Node            `yaml:"vars"`
	Images   map[string]document.Node `yaml:"images"`
	Hosts    map[string]document.Node `yaml:"hosts"` // Ansible's word for images
	Children document.Node            `yaml:"children"`
}

// readGroups reads images.yml and every other .yml, .yaml or .json file beside
// it, in the order of their names.
func (l *loader) readGroups() {
	all := l.inv.groups.add("all", diag.Pos{File: l.inv.Dir})
	all.images = l.inv.Names()
	entries, err := os.ReadDir(l.inv.Dir)
	if err != nil {
		l.found.Add(diag.Errorf("unreadable", diag.Pos{File: l.inv.Dir}, "%v", err))
		return
	}
	for _, e := range entries {
		if isSource(e) {
			for _, g := range l.read(filepath.Join(l.inv.Dir, e.Name())).Entries() {
				l.readGroup(g.Key, g.Value)
			}
		}
	}
	l.checkGroupCycles()
}

// projectFile is the project's own; it may stand beside the images.
const projectFile = "slipway.yml"

// isSource reports whether a file of the inventory's folder tells of groups.
func isSource(e os.DirEntry) bool {
	if e.Name() == projectFile {
		return false
	}
	ext := filepath.Ext(e.Name())
	return !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && (ext == ".yml" || ext == ".yaml" || ext == ".json")
}

func (l *loader) readGroup(name, body document.Node) *group {
	g := l.inv.groups.add(name.Text(), name.Pos())
	if slices.Contains(ComputedGroups(), g.name) || l.inv.Image(g.name) != nil {
		l.found.Add(diag.Errorf("group-name", name.Pos(), "a group cannot be called %q: that is the name of %s", g.name, l.whoIs(g.name)).WithFix("choose another name"))
	}
	var written aGroup
	l.found.Add(document.Decode(body, &written)...)
	if !written.Vars.IsZero() {
		g.vars = append(g.vars, written.Vars)
	}
	l.joinImages(g, body.Get("images"))
	l.joinImages(g, body.Get("hosts"))
	for _, child := range written.Children.Entries() {
		below := l.readGroup(child.Key, child.Value)
		g.children = append(g.children, below.name)
	}
	return g
}

func (l *loader) whoIs(name string) string {
	if l.inv.Image(name) != nil {
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
			l.joinImage(g, name, e)
		}
	}
}

func (l *loader) joinImage(g *group, name string, e document.Entry) {
	if l.inv.Image(name) == nil {
		d := diag.Errorf("unknown-image", e.Key.Pos(), "there is no image %q", name)
		hint := diag.Suggest(name, l.inv.Names())
		if hint == "" {
			hint = "make images/" + name + "/Dockerfile, or take the name out"
		}
		l.found.Add(d.WithFix("%s", hint))
		return
	}
	g.images = append(g.images, name)
	if !e.Value.IsZero() {
		l.imageVars[name] = append(l.imageVars[name], e.Value)
	}
}

// checkGroupCycles refuses groups that contain themselves, and cuts the tie so
// that the rest can be looked at.
func (l *loader) checkGroupCycles() {
	for _, name := range l.inv.groups.names() {
		if path := l.inv.groups.cycle(name, nil); path != nil {
			g := l.inv.groups[name]
			l.found.Add(diag.Errorf("group-cycle", g.pos, "groups contain each other: %s", strings.Join(path, " -> ")))
			g.children = nil
		}
	}
}

// cycle returns the way from the first of path back to it, or nil.
func (gs groups) cycle(name string, path []string) []string {
	if len(path) > 0 && path[0] == name {
		return append(path, name)
	}
	if slices.Contains(path, name) {
		return nil
	}
	for _, child := range gs[name].children {
		if found := gs.cycle(child, append(slices.Clone(path), name)); found != nil {
			return found
		}
	}
	return nil
}
