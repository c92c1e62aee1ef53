package inventory

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
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

// aGroup is a group as written.
type aGroup struct {
	Vars     document.Node            `yaml:"vars"`
	Images   map[string]document.Node `yaml:"images"`
	Hosts    map[string]document.Node `yaml:"hosts"` // Ansible's word for images
	Children map[string]document.Node `yaml:"children"`
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
		if isProgram(e) {
			l.found.Add(diag.Errorf("bad-file", diag.Pos{File: filepath.Join(l.inv.Dir, e.Name())}, "programs that print groups are not run").
				WithFix("write what it prints into a .json file, or make it not executable"))
		}
		if isSource(e) {
			l.readSource(l.read(filepath.Join(l.inv.Dir, e.Name())))
		}
	}
	l.checkGroupCycles()
}

// readSource reads one file of groups.
func (l *loader) readSource(n document.Node) {
	if !n.IsZero() && n.Kind() != document.Mapping {
		l.found.Add(diag.Errorf("wrong-type", n.Pos(), "want a mapping of groups, found %s", n.Describe()).
			WithFix("begin with all: and write images:, children: and vars: below it"))
	}
	for _, g := range n.Entries() {
		l.readGroup(g.Key, g.Value)
	}
}

// sourceName is the name of a file that tells of groups, its extension apart:
// "images", or a number and a name, which say in which order to read. Other
// files of a checkout (a compose file, a playbook, a build script) are none of
// ours.
var sourceName = regexp.MustCompile(`^(images|[0-9]+-.+)$`)

// isSource reports whether a file of the inventory's folder tells of groups.
func isSource(e os.DirEntry) bool {
	name, ext := split(e)
	return !e.IsDir() && sourceName.MatchString(name) && (ext == ".yml" || ext == ".yaml" || ext == ".json")
}

func split(e os.DirEntry) (name, ext string) {
	ext = filepath.Ext(e.Name())
	return strings.TrimSuffix(e.Name(), ext), ext
}

// isProgram reports whether a file could be meant as a dynamic inventory, as
// Ansible has them.
func isProgram(e os.DirEntry) bool {
	name, _ := split(e)
	info, err := e.Info()
	return err == nil && sourceName.MatchString(name) && info.Mode().IsRegular() && info.Mode()&0o111 != 0 && !isSource(e)
}

func (l *loader) readGroup(name, body document.Node) *group {
	g := l.inv.groups.add(name.Text(), name.Pos())
	if slices.Contains(ComputedGroups(), g.name) || l.inv.Image(g.name) != nil {
		l.found.Add(diag.Errorf("group-name", name.Pos(), "a group cannot be called %q: that is the name of %s", g.name, l.whoIs(g.name)).WithFix("choose another name"))
	}
	if strings.ContainsAny(g.name, ",!&+~*?[]: \t") || g.name == "" {
		l.found.Add(diag.Errorf("group-name", name.Pos(), "a group cannot be called %q: no pattern could name it", g.name).
			WithFix("use letters, digits, '.', '_' and '-'"))
	}
	var written aGroup
	l.found.Add(document.Decode(body, &written)...)
	if !written.Vars.IsZero() {
		g.vars = append(g.vars, written.Vars)
	}
	l.joinImages(g, body.Get("images"))
	l.joinImages(g, body.Get("hosts"))
	for _, child := range body.Get("children").Entries() {
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
