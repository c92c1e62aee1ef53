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

// A loader is one Load under way.
type loader struct {
	inv     *Inventory
	options Options
	found   diag.List

	imageVars map[string][]document.Node // image → what groups say about it alone
}

func newLoader(dir string, o Options) (*loader, diag.List) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, diag.List{diag.Errorf("no-inventory", diag.Pos{File: dir}, "%v", err)}
	}
	info, err := os.Stat(abs)
	if err != nil || !info.IsDir() {
		what := "there is no such directory"
		if err == nil {
			what = "this is not a directory"
		}
		return nil, diag.List{diag.Errorf("no-inventory", diag.Pos{File: dir}, "%s", what).
			WithFix("name a directory that holds images/<name>/Dockerfile, with -i DIR")}
	}
	return &loader{inv: &Inventory{Dir: abs, groups: groups{}, extra: o.Extra}, options: o, imageVars: map[string][]document.Node{}}, nil
}

// findImages takes every directory below images/ that says how it is built.
func (l *loader) findImages() {
	dir := filepath.Join(l.inv.Dir, "images")
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.found.Add(diag.Errorf("unreadable", diag.Pos{File: dir}, "%v", err))
		return
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if info, err := os.Stat(path); err != nil || !info.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if image, ok := l.findImage(e.Name(), path); ok {
			l.inv.Images = append(l.inv.Images, image)
		}
	}
	if len(l.inv.Images) == 0 && l.found == nil {
		l.found.Add(diag.Errorf("no-images", diag.Pos{File: l.inv.Dir}, "there are no images here: nothing matches images/*/Dockerfile, images/*/Containerfile or images/*/image.yml").
			WithFix("make images/<name>/Dockerfile, or name another directory with -i DIR"))
	}
}

func (l *loader) findImage(name, dir string) (*Image, bool) {
	image := &Image{Name: name, Dir: dir}
	for _, file := range []string{"Containerfile", "Dockerfile", "image.yml"} {
		if _, err := os.Stat(filepath.Join(dir, file)); err == nil {
			image.File = filepath.Join(dir, file)
			image.Pos = diag.Pos{File: image.File}
			break
		}
	}
	if image.File == "" {
		return nil, false
	}
	if !validName(name) {
		l.found.Add(diag.Errorf("bad-name", diag.Pos{File: dir}, "%q cannot be the name of an image", name).
			WithFix("use lower-case letters, digits, '.', '_' and '-', and begin with a letter or digit"))
		return nil, false
	}
	return image, true
}

func validName(name string) bool {
	for i, r := range name {
		word := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		if !word && (i == 0 || r != '.' && r != '_' && r != '-') {
			return false
		}
	}
	return name != ""
}

// read parses a file; that it is not there is an absent node.
func (l *loader) read(path string) document.Node {
	src, err := os.ReadFile(path) //nolint:gosec // a file of the user's own inventory
	if errors.Is(err, fs.ErrNotExist) {
		return document.Node{}
	}
	if err != nil {
		l.found.Add(diag.Errorf("unreadable", diag.Pos{File: path}, "%v", err))
		return document.Node{}
	}
	n, ds := document.Parse(path, src)
	l.found.Add(ds...)
	return n
}

// readVariables defines, for every image, all variables from the least
// specific place to the most specific one.
func (l *loader) readVariables() {
	groupVars, imageVars := l.varsDirs("group_vars"), l.varsDirs("image_vars")
	l.checkNames(groupVars, "group_vars", "group", l.inv.groups.names())
	l.checkNames(imageVars, "image_vars", "image", l.inv.Names())
	for _, image := range l.inv.Images {
		l.builtins(image)
		for _, g := range l.inv.groups.of(image.Name) {
			level := vars.Group
			if g.name == "all" {
				level = vars.All
			}
			for _, n := range append(slices.Clone(g.vars), groupVars[g.name]...) {
				image.scope.DefineAll(l.variables(n), level, g.name)
			}
		}
		own := append(slices.Clone(l.imageVars[image.Name]), imageVars[image.Name]...)
		l.readImageFile(image)
		for _, n := range append(own, image.file.Vars) {
			image.scope.DefineAll(l.variables(n), vars.Image, image.Name)
		}
		for _, n := range l.options.Extra {
			image.scope.DefineAll(n, vars.Extra, "")
		}
	}
}

// variables checks the names of a mapping of variables.
func (l *loader) variables(n document.Node) document.Node {
	if n.IsZero() {
		return document.Node{}
	}
	if n.Kind() != document.Mapping {
		l.found.Add(diag.Errorf("wrong-type", n.Pos(), "want a mapping of variables, found %s", n.Describe()))
		return document.Node{}
	}
	for _, e := range n.Entries() {
		l.found.Add(vars.CheckName(e.Key)...)
	}
	return n
}

// varsDirs reads a folder of variables beside the inventory and beside each
// playbook: name → mappings, later ones winning.
func (l *loader) varsDirs(folder string) map[string][]document.Node {
	out := map[string][]document.Node{}
	for _, dir := range append([]string{l.inv.Dir}, l.options.PlaybookDirs...) {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil {
			continue // there is none
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
	if strings.HasPrefix(file, ".") || strings.HasSuffix(file, "~") {
		return "", false
	}
	for _, ext := range []string{".yml", ".yaml", ".json"} {
		if name, ok := strings.CutSuffix(file, ext); ok {
			return name, true
		}
	}
	return file, filepath.Ext(file) == "" || !slices.Contains([]string{".orig", ".bak", ".md", ".txt"}, filepath.Ext(file))
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
