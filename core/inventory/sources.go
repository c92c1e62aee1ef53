package inventory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// readGroups reads the sources of groups: those of each folder in the order of
// their names, and those that were named by themselves, in the order in which
// they were named.
func (l *loader) readGroups() {
	all := l.inv.groups.add("all")
	all.images = l.inv.Names()
	l.readFolder(l.inv.Dir)
	for _, source := range l.options.Sources {
		l.readNamed(source)
	}
	l.checkGroups()
}

// readFolder reads the sources of a folder.
func (l *loader) readFolder(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		l.found.Add(diag.Errorf("unreadable", diag.Pos{File: dir}, "%v", cause(err)))
		return
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case isSource(e):
			l.readSource(l.read(path))
		case isProgram(e):
			l.readProgram(path)
		}
	}
}

// readNamed reads a source that was named by itself: a folder, a file, a
// program, or names of images joined by commas.
func (l *loader) readNamed(source string) {
	path, err := filepath.Abs(source)
	if err != nil {
		path = source
	}
	info, err := os.Stat(path)
	switch {
	case err != nil && strings.Contains(source, ","):
		l.readInline(source)
	case err != nil:
		l.found.Add(diag.Errorf("no-inventory", diag.Pos{File: source}, "%v", cause(err)).
			WithFix("name a folder, a file or a program with -i, or images joined by commas: web,api,"))
	case info.IsDir():
		l.readFolder(path)
	case isData(path):
		l.readSource(l.read(path))
	case executable(info):
		l.readProgram(path)
	default:
		l.found.Add(notData(source, path))
	}
}

// notData refuses a file that is no source, and knows Ansible's older form when
// it sees one.
func notData(source, path string) diag.Diagnostic {
	text, err := os.ReadFile(path)
	if err == nil && sections.Match(text) {
		return diag.Errorf("bad-file", diag.Pos{File: source}, "this is an inventory in the form of INI, which is not read").
			WithFix("write it as YAML: all: { children: { GROUP: { images: { NAME: } } } }")
	}
	return diag.Errorf("bad-file", diag.Pos{File: source}, "this is neither YAML or JSON nor a program").
		WithFix("let its name end in .yml, .yaml or .json, or make it executable")
}

// sections are lines such as [apps] and [apps:children].
var sections = regexp.MustCompile(`(?m)^\[[\w.-]+(:\w+)?\]\s*$`)

// readInline takes the images of "web,api," for what "all" stands for.
func (l *loader) readInline(source string) {
	for name := range strings.SplitSeq(source, ",") {
		if name = strings.TrimSpace(name); name != "" && l.knownImage(name, diag.Pos{File: "--inventory"}) {
			l.only = append(l.only, name)
		}
	}
}

// narrow decides what "all" stands for: every image, unless some were named.
func (l *loader) narrow() {
	l.inv.all = l.inv.Names()
	if len(l.only) > 0 {
		slices.Sort(l.only)
		l.inv.all = slices.Compact(l.only)
	}
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

// ignored reports whether a file is what editors, tools and people leave beside
// the one that is meant.
func ignored(name string) bool {
	left := []string{".bak", ".cfg", ".md", ".orig", ".pyc", ".rej", ".retry", ".swp", ".txt"}
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || slices.Contains(left, filepath.Ext(name))
}

// isSource reports whether a file of the inventory's folder tells of groups.
func isSource(e os.DirEntry) bool {
	return !e.IsDir() && sourceName.MatchString(stem(e)) && isData(e.Name())
}

func stem(e os.DirEntry) string { return strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())) }

func isData(path string) bool {
	ext := filepath.Ext(path)
	return ext == ".yml" || ext == ".yaml" || ext == ".json"
}

// isProgram reports whether a file of the inventory's folder prints groups.
func isProgram(e os.DirEntry) bool {
	info, err := e.Info()
	return err == nil && sourceName.MatchString(stem(e)) && executable(info) && !isSource(e) && !ignored(e.Name())
}

func executable(info fs.FileInfo) bool { return info.Mode().IsRegular() && info.Mode()&0o111 != 0 }

// cause is what went wrong with a file, without its name.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}
