package inventory

import (
	"errors"
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

	folders   []string                   // the directory, and those named beside it
	only      []string                   // images that were named instead of all
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
	read := o.Read
	if read == nil {
		read = os.ReadFile
	}
	folders := []string{abs}
	for _, source := range o.Sources {
		if info, err := os.Stat(source); err == nil && info.IsDir() {
			if path, err := filepath.Abs(source); err == nil {
				folders = append(folders, path)
			}
		}
	}
	return &loader{folders: folders, inv: &Inventory{Dir: abs, groups: groups{}, templates: vars.NewTemplates(), readFile: read}, options: o, imageVars: map[string][]document.Node{}}, nil
}

// findImages takes every directory below images/ that says how it is built.
func (l *loader) findImages() {
	for _, folder := range l.folders {
		l.findImagesIn(filepath.Join(folder, "images"))
	}
	slices.SortStableFunc(l.inv.Images, func(a, b *Image) int { return strings.Compare(a.Name, b.Name) })
	l.inv.Images = slices.CompactFunc(l.inv.Images, l.sameName)
	for _, image := range l.inv.Images {
		l.inv.names = append(l.inv.names, image.Name)
	}
	if len(l.inv.Images) == 0 && l.found == nil {
		l.found.Add(diag.Errorf("no-images", diag.Pos{File: l.inv.Dir}, "there are no images here: nothing matches images/*/Dockerfile, images/*/Containerfile or images/*/image.yml").
			WithFix("make images/<name>/Dockerfile, or name another directory with -i DIR"))
	}
}

func (l *loader) findImagesIn(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.found.Add(diag.Errorf("unreadable", diag.Pos{File: dir}, "%v", cause(err)))
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
}

// sameName tells of an image that stands in two directories.
func (l *loader) sameName(a, b *Image) bool {
	if a.Name != b.Name {
		return false
	}
	l.found.Add(diag.Errorf("duplicate-image", b.Pos, "there are two images %q", b.Name).
		WithDetail("The other one is %s.", a.Pos).WithFix("give one of them another name"))
	return true
}

func (l *loader) findImage(name, dir string) (*Image, bool) {
	image := &Image{Name: name, Dir: dir}
	for _, file := range []string{"Containerfile", "Dockerfile", "image.yml"} {
		if exists(filepath.Join(dir, file)) {
			image.File = filepath.Join(dir, file)
			image.Pos = diag.Pos{File: image.File}
			break
		}
	}
	if other := filepath.Join(dir, "image.yaml"); exists(other) {
		l.found.Add(diag.Errorf("bad-file", diag.Pos{File: other}, "nobody reads image.yaml").WithFix("call it image.yml"))
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

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
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
	src, err := l.inv.readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return document.Node{}
	}
	if err != nil {
		l.found.Add(diag.Errorf("unreadable", diag.Pos{File: path}, "%v", cause(err)))
		return document.Node{}
	}
	n, ds := document.Parse(path, src)
	l.found.Add(ds...)
	return n
}
