// Package reference reads the names of images: which registry, which
// repository, which tag or digest.
//
// A short name means what Docker means by it: "redis" is
// docker.io/library/redis, "acme/app" is docker.io/acme/app. The first part is
// a registry when it holds a dot or a colon or is "localhost". Unlike Docker,
// nothing is assumed about a missing tag: a reference without tag and digest
// has neither, and whoever asks a registry says "latest" out loud with
// [Reference.Tagged].
//
// The grammar is that of github.com/distribution/reference; no other package
// of slipway reads names.
package reference

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
)

// A Reference names an image. References are values and do not change.
type Reference struct {
	Registry string // "quay.io", "localhost:5000"
	Path     string // the repository within the registry: "acme/app"
	Tag      string // "" when there is none
	Digest   string // "sha256:…"; "" when there is none
}

// Parse reads a reference as people write them.
func Parse(text string) (Reference, error) {
	named, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		return Reference{}, fmt.Errorf("reading the image reference %q: %w", text, err)
	}
	r := Reference{Registry: reference.Domain(named), Path: reference.Path(named)}
	if t, ok := named.(reference.Tagged); ok {
		r.Tag = t.Tag()
	}
	if d, ok := named.(reference.Digested); ok {
		r.Digest = d.Digest().String()
	}
	return r, nil
}

// Repository returns registry and path: "quay.io/acme/app".
func (r Reference) Repository() string { return r.Registry + "/" + r.Path }

// Name returns the last component of the path: "app".
func (r Reference) Name() string { return r.Path[strings.LastIndexByte(r.Path, '/')+1:] }

// Tagged returns r, with the tag "latest" when it has neither tag nor digest.
func (r Reference) Tagged() Reference {
	if r.Tag == "" && r.Digest == "" {
		r.Tag = "latest"
	}
	return r
}

// String returns the whole reference, nothing left to be assumed.
func (r Reference) String() string {
	s := r.Repository()
	if r.Tag != "" {
		s += ":" + r.Tag
	}
	if r.Digest != "" {
		s += "@" + r.Digest
	}
	return s
}
