// Package inventory is the images, groups and variables read from a directory.
//
// Any directory with images/*/Dockerfile (or Containerfile, or image.yml) is
// an inventory; everything else is optional:
//
//	images.yml            groups and variables: all, children, images, vars;
//	                      50-name.yml files beside it are read in name order,
//	                      and 50-name.sh programs print the same as JSON
//	group_vars/<group>    a .yml, .yaml or .json file, or a folder of them
//	image_vars/<image>    the same for one image
//	images/<name>/image.yml   what is special about an image
//
// An image's published name, its repository, is
// "{{ .registry }}/{{ .namespace }}/{{ .image.name }}" by default. Without the
// variable registry an image is local: "localhost/<name>", and cannot be
// pushed. "registry: embedded" stands for the project's own registry, in which
// repositories are called localhost/<namespace>/<name>; the namespace is then
// "library" unless it is set.
//
// What an image is made from is not known here: only its strategy can tell.
package inventory

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Options say what else goes into an inventory beside its directory.
type Options struct {
	// Sources are read after the directory: other directories, files of groups,
	// programs that print groups, and names of images joined by commas
	// ("web,api,"), to which the group all is then narrowed.
	Sources []string
	// Program runs a program and returns what it prints; see [Programs]. Nil: an
	// inventory with programs is refused.
	Program func(path string) ([]byte, error)
	// Read reads a file; one that is not there is an fs.ErrNotExist. Nil reads
	// from disk.
	Read func(path string) ([]byte, error)
	// Extra are mappings of variables that win over all others, in order.
	Extra []document.Node
	// PlaybookDirs are folders whose group_vars and image_vars count, too.
	PlaybookDirs []string
	// Isolation is that of images that do not say; empty: "chroot".
	Isolation string
}

// An Inventory is the images of a directory. It does not change once loaded.
type Inventory struct {
	Dir    string   // absolute
	Images []*Image // sorted by name
	names  []string // of the images
	all    []string // what the group all stands for
	groups groups
	who    membership

	templates *vars.Templates
	readFile  func(path string) ([]byte, error)
}

// Image returns the named image, or nil.
func (inv *Inventory) Image(name string) *Image {
	i, ok := slices.BinarySearchFunc(inv.Images, name, func(m *Image, name string) int { return strings.Compare(m.Name, name) })
	if !ok {
		return nil
	}
	return inv.Images[i]
}

// Names returns the names of all images, sorted.
func (inv *Inventory) Names() []string { return slices.Clone(inv.names) }

// Groups returns the names of all groups, sorted.
func (inv *Inventory) Groups() []string { return inv.groups.names() }

// ungrouped is the group of the images that are in no group but all.
const ungrouped = "ungrouped"

// Group returns the images of a group, sorted, those of its children included:
// of "all" every image, of "ungrouped" those that no other group holds.
func (inv *Inventory) Group(name string) ([]string, bool) {
	switch name {
	case "all":
		return slices.Clone(inv.all), true
	case ungrouped:
		return slices.DeleteFunc(slices.Clone(inv.all), func(image string) bool { return len(inv.who.groups[image]) > 1 }), true
	}
	members, ok := inv.who.members[name]
	return slices.Clone(members), ok
}

// GroupsOf returns the groups that an image is in, sorted.
func (inv *Inventory) GroupsOf(image string) []string {
	var in []string
	for _, g := range inv.who.groups[image] {
		in = append(in, g.name)
	}
	slices.Sort(in)
	return in
}

// Embedded reports whether the images live in the project's own registry.
func (inv *Inventory) Embedded() bool {
	return slices.ContainsFunc(inv.Images, func(m *Image) bool { return m.embedded })
}

// Load reads a directory and what Options name beside it. Everything that is wrong is told at once; the
// Inventory is good when no diagnostic is an error.
func Load(dir string, o Options) (*Inventory, diag.List) {
	l, ds := newLoader(dir, o)
	if ds.Err() != nil {
		return nil, ds
	}
	l.findImages()
	l.readGroups()
	l.narrow()
	l.inv.who = l.inv.groups.membership(l.inv.all)
	l.readVariables()
	l.checkConflicts()
	if l.found.Err() != nil {
		return nil, l.found
	}
	l.finishImages()
	l.checkRepositories()
	return l.inv, l.found
}

// data is what templates of an image see while it is loaded. The repository is
// known once it is settled.
func (inv *Inventory) data(image *Image) vars.Data {
	about := map[string]any{"name": image.Name, "dir": image.Dir, "groups": inv.GroupsOf(image.Name)}
	if image.Repository != "" {
		about["repository"] = image.Repository
	}
	return vars.Data{Scope: &image.scope, Templates: inv.templates, Roots: map[string]any{
		"image":  about,
		"groups": inv.who.data,
		"images": inv.names,
	}, Late: &vars.Late{Root: "image", Member: "facts", Refused: noFacts}}
}

// noFacts is why what the inventory says of an image may depend on no fact:
// it says what is built, and `slipway plan` has to know that before.
const noFacts = "what is built depends on nothing that a registry tells of an image: say it in the inventory, or read the fact in a task"

// Data returns what templates about an image see: its variables, .image,
// .images and .groups.
func (inv *Inventory) Data(image *Image) vars.Data {
	d := inv.data(image)
	d.Roots["image"] = map[string]any{
		"name": image.Name, "dir": image.Dir, "groups": inv.GroupsOf(image.Name),
		"repository": image.Repository, "strategy": image.Strategy, "labels": image.Labels,
		"args": image.Args, "tags": image.Tags, "platforms": image.Platforms, "sources": image.Sources,
	}
	return d
}
