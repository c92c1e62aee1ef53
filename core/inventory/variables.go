package inventory

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// readVariables defines, for every image, all variables from the least
// specific place to the most specific one.
func (l *loader) readVariables() {
	l.leftovers()
	groupVars, imageVars := l.varsDirs("group_vars"), l.varsDirs("image_vars")
	l.checkNames(groupVars, "group_vars", "group", l.inv.groups.names())
	l.checkNames(imageVars, "image_vars", "image", l.inv.names)
	for _, g := range l.inv.groups {
		g.vars = l.variables(append(g.vars, groupVars[g.name]...)...)
	}
	extra := l.variables(l.options.Extra...)
	for _, image := range l.inv.Images {
		l.builtins(image)
		for _, g := range l.inv.who.groups[image.Name] {
			level := vars.Group
			if g.name == "all" {
				level = vars.All
			}
			define(image, level, g.name, g.vars)
		}
		l.readImageFile(image)
		own := append(slices.Clone(l.imageVars[image.Name]), imageVars[image.Name]...)
		define(image, vars.Image, image.Name, l.variables(append(own, image.file.Vars)...))
		define(image, vars.Extra, "", extra)
	}
}

func define(image *Image, level vars.Level, source string, mappings []document.Node) {
	for _, n := range mappings {
		image.scope.DefineAll(n, level, source)
	}
}

// variables keeps those of ns that are mappings of variables, and tells what is
// wrong with the others and with names.
func (l *loader) variables(ns ...document.Node) []document.Node {
	var good []document.Node
	for _, n := range ns {
		switch {
		case n.IsZero():
		case n.Kind() == document.Mapping:
			l.checkVariables(n)
			l.found.Add(l.inv.templates.CheckSyntax(n)...)
			good = append(good, n)
		default:
			l.found.Add(diag.Errorf("wrong-type", n.Pos(), "want a mapping of variables, found %s", n.Describe()))
		}
	}
	return good
}

// checkVariables judges names, and variables that are merged key by key and so
// must be mappings as they stand.
func (l *loader) checkVariables(n document.Node) {
	for _, e := range n.Entries() {
		name := e.Key.Text()
		l.found.Add(vars.CheckName(e.Key)...)
		if name == "build_args" {
			l.found.Add(diag.Errorf("variable-name", e.Key.Pos(), "nobody reads the variable build_args").WithFix("call it args: build arguments are put together from the variable args and image.yml"))
		}
		if vars.Merged(name) && !e.Value.IsZero() && e.Value.Kind() != document.Mapping {
			l.found.Add(diag.Errorf("wrong-type", e.Value.Pos(), "want a mapping, because %s are put together key by key, found %s", name, e.Value.Describe()))
		}
	}
}

// varsDirs reads a folder of variables beside the inventory and beside each
// playbook: name → mappings, later ones winning.
func (l *loader) varsDirs(folder string) map[string][]document.Node {
	out := map[string][]document.Node{}
	for _, dir := range slices.Concat(l.folders, l.options.PlaybookDirs) {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			l.found.Add(diag.Errorf("unreadable", diag.Pos{File: filepath.Join(dir, folder)}, "%v", cause(err)))
		}
		for _, e := range entries {
			path := filepath.Join(dir, folder, e.Name())
			if name, ok := varsName(e.Name()); ok {
				out[name] = append(out[name], l.varsFiles(path)...)
			}
		}
	}
	return out
}

// varsName returns whom a file or folder of variables is for.
func varsName(file string) (string, bool) {
	for _, ext := range []string{".yml", ".yaml", ".json"} {
		if name, ok := strings.CutSuffix(file, ext); ok {
			return name, !ignored(file)
		}
	}
	return file, !ignored(file)
}

// varsFiles reads a file, or all files of a folder in the order of their names.
func (l *loader) varsFiles(path string) []document.Node {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []document.Node{l.read(path)}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		l.found.Add(diag.Errorf("unreadable", diag.Pos{File: path}, "%v", err))
	}
	var out []document.Node
	for _, e := range entries {
		if _, ok := varsName(e.Name()); ok && !e.IsDir() {
			out = append(out, l.read(filepath.Join(path, e.Name())))
		}
	}
	return out
}

// checkNames refuses variables for a group or image that does not exist:
// nobody would ever read them.
func (l *loader) checkNames(files map[string][]document.Node, folder, kind string, known []string) {
	for name, nodes := range files {
		if slices.Contains(known, name) {
			continue
		}
		pos := diag.Pos{File: filepath.Join(l.inv.Dir, folder, name)}
		if len(nodes) > 0 && nodes[0].Pos().File != "" {
			pos = diag.Pos{File: nodes[0].Pos().File}
		}
		d := diag.Errorf("unknown-"+kind, pos, "there is no %s %q, so nobody would read these variables", kind, name)
		hint := diag.Suggest(name, known)
		if hint == "" {
			hint = fmt.Sprintf("the %ss are %s", kind, strings.Join(known, ", "))
		}
		l.found.Add(d.WithFix("%s", hint))
	}
}
