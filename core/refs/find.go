package refs

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A finder looks for references in one file.
type finder struct {
	Rewriter
	file    string
	markers map[int]*marker // by line
	edits   []edit
	found   diag.List
}

// An edit is a value that is to be replaced.
type edit struct {
	Change
	node document.Node
}

// A place is where a finder is.
type place struct {
	object        string // "Deployment/web"
	path          string
	kustomization bool
}

func (p place) key(key string) place {
	if p.path != "" {
		p.path += "."
	}
	p.path += key
	return p
}

func (p place) item(i int) place {
	p.path += fmt.Sprintf("[%d]", i)
	return p
}

// document looks at one document of the file.
func (f *finder) document(n document.Node) {
	p := place{kustomization: isKustomization(f.file, n)}
	f.node(n, p)
}

// isKustomization goes by kustomize's own rules: the file's name, or what the
// document says it is.
func isKustomization(file string, n document.Node) bool {
	switch filepath.Base(file) {
	case "kustomization.yaml", "kustomization.yml", "Kustomization":
		return true
	}
	kind := n.Get("kind").Text()
	return kind == "Kustomization" || kind == "Component"
}

func (f *finder) node(n document.Node, p place) {
	switch n.Kind() {
	case document.Mapping:
		f.mapping(n, p)
	case document.Sequence:
		for i, item := range n.Items() {
			f.node(item, p.item(i))
		}
	case document.Scalar, document.Null:
		f.marked(n, p)
	case document.Absent:
	}
}

func (f *finder) mapping(n document.Node, p place) {
	if kind, name := n.Get("kind").Text(), n.Get("metadata").Get("name").Text(); kind != "" && name != "" {
		p.object = kind + "/" + name
	}
	f.chart(n, p)
	for _, e := range n.Entries() {
		at := p.key(e.Key.Text())
		switch {
		case e.Key.Text() == "image" && e.Value.Kind() == document.Scalar && !f.isMarked(e.Value):
			f.whole(e.Value, at)
		case e.Key.Text() == "images" && p.kustomization && p.path == "":
			f.kustomized(e.Value, at)
		}
		f.node(e.Value, at)
	}
}

// whole replaces a reference that is one text.
func (f *finder) whole(n document.Node, p place) {
	if image, ok := f.of(trimEnd(n.Text())); ok {
		f.replace(n, p, image, f.write(repositoryOf(trimEnd(n.Text())), image))
	}
}

// chart replaces the parts of a reference as Helm charts keep them.
func (f *finder) chart(n document.Node, p place) {
	repository := n.Get("repository")
	if repository.Kind() != document.Scalar {
		return
	}
	name := repository.Text()
	if registry := n.Get("registry"); registry.Text() != "" {
		name = registry.Text() + "/" + name
	}
	if image, ok := f.of(name); ok {
		f.parts(n, p, "tag", image)
	}
}

// kustomized replaces the parts of references as kustomize keeps them.
func (f *finder) kustomized(list document.Node, p place) {
	for i, n := range list.Items() {
		name := n.Get("newName").Text()
		if name == "" {
			name = n.Get("name").Text()
		}
		if image, ok := f.of(name); ok {
			f.parts(n, p.item(i), "newTag", image)
		}
	}
}

// parts replaces a tag and a digest that stand apart. A tag may have the digest
// with it, for charts that know no other place.
func (f *finder) parts(n document.Node, p place, tagKey string, image Image) {
	tag, digest := n.Get(tagKey), n.Get("digest")
	both := strings.Contains(tag.Text(), "@")
	switch {
	case f.isMarked(tag) || f.isMarked(digest):
		return
	case f.Form == TagOnly && digest.Text() != "":
		f.found.Add(diag.Errorf("pinned-digest", digest.Pos(), "the digest here would win over the tag that is to be written").
			WithFix(`take its value away: digest: ""`))
		return
	case f.Form == TagOnly && tag.Kind() != document.Scalar:
		f.found.Add(diag.Errorf("no-tag", n.Pos(), "there is no place for the tag of %s", image.Name).WithFix(`add %s: ""`, tagKey))
		return
	case f.Form != TagOnly && digest.Kind() != document.Scalar && !both:
		f.found.Add(diag.Errorf("no-digest", n.Pos(), "there is no place for the digest of %s", image.Name).
			WithFix(`add digest: "", or ask for the form %s`, TagOnly))
		return
	}
	if tag.Kind() == document.Scalar {
		text := image.Tag
		if both && f.Form != TagOnly {
			text += "@" + image.Digest
		}
		f.replace(tag, p.key(tagKey), image, text)
	}
	if digest.Kind() == document.Scalar && f.Form != TagOnly {
		f.replace(digest, p.key("digest"), image, image.Digest)
	}
}

func (f *finder) replace(n document.Node, p place, image Image, text string) {
	if n.Kind() != document.Scalar {
		f.found.Add(diag.Errorf("no-value", n.Pos(), "there is no value to be replaced").WithFix(`write ""`))
		return
	}
	f.edits = append(f.edits, edit{Change{image.Name, n.Pos(), p.object, p.path, trimEnd(n.Text()), text}, n})
}
