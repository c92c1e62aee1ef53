// Package refs replaces references to images in deployment files, and nothing
// else of them: every byte outside of a replaced value stays as it was, with
// comments, order, quotes and line ends.
//
// It knows three ways in which deployments name images: a text under the key
// `image` (compose, every kind of Kubernetes object, Helm values); a mapping
// with `repository` and perhaps `registry`, `tag` and `digest` (Helm values);
// and the entries of `images` in a kustomization. A reference is ours when its
// repository is that of one of the images. A marker says so of any other value:
//
//	sidecar: acme/web:1  # {"$slipway": "web"}
//	version: "1"         # {"$slipway": "web:tag"}
//
// What follows the colon is the part of the reference that the value holds:
// repository, tag or digest; without one it is the whole of it.
//
// It stands apart from core/deploy, which brings deployments up and knows
// compose alone: here nothing is understood but references, and no library of
// any format is needed. A file that cannot be read is left alone, unless it
// holds a marker or one of our repositories: then it is an error, because to
// pass it over in silence would leave an old image deployed.
package refs

import (
	"strings"

	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Form is how a reference names an image.
type Form string

// The forms. With both, the digest counts and the tag is for people.
const (
	TagAndDigest Form = "repo:tag@digest"
	DigestOnly   Form = "repo@digest"
	TagOnly      Form = "repo:tag"
)

// An Image is what references are to name.
type Image struct {
	Name       string // as markers call it
	Repository string // "quay.io/acme/web"
	Tag        string
	Digest     string // "sha256:…"; not needed for TagOnly
}

// A Change is one value that refers to an image. Old and New are equal when it
// named the right one already.
type Change struct {
	Image  string
	Pos    diag.Pos
	Object string // "Deployment/web"; "" where files hold no objects
	Path   string // "spec.template.spec.containers[0].image"
	Old    string
	New    string
}

// A Rewriting is what became of one file.
type Rewriting struct {
	File          string
	Before, After []byte
	Changes       []Change // in the order of the file
}

// Changed reports whether the file is another one than before.
func (r Rewriting) Changed() bool { return string(r.Before) != string(r.After) }

// A Rewriter replaces references.
type Rewriter struct {
	Images []Image
	Known  []string // names that markers may use, also those of other images
	Form   Form
}

// write returns a reference to an image that is called repository in the file.
func (r Rewriter) write(repository string, image Image) string {
	switch r.Form {
	case TagOnly:
		return repository + ":" + image.Tag
	case DigestOnly:
		return repository + "@" + image.Digest
	default:
		return repository + ":" + image.Tag + "@" + image.Digest
	}
}

// of returns the image that a reference names, by its repository.
func (r Rewriter) of(text string) (Image, bool) {
	ref, err := reference.Parse(text)
	if err != nil {
		return Image{}, false
	}
	for _, image := range r.Images {
		if image.Repository == ref.Repository {
			return image, true
		}
	}
	return Image{}, false
}

// named returns the image of a name.
func (r Rewriter) named(name string) (Image, bool) {
	for _, image := range r.Images {
		if image.Name == name {
			return image, true
		}
	}
	return Image{}, false
}

// repositoryOf is the part of a reference before its tag and digest, as it is
// written.
func repositoryOf(text string) string {
	text, _, _ = strings.Cut(text, "@")
	if i := strings.LastIndexByte(text, ':'); i > strings.LastIndexByte(text, '/') {
		return text[:i]
	}
	return text
}
