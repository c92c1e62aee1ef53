// Package reference reads the names of images: which registry, which
// repository, which tag or digest.
//
// A short name means what docker and podman mean by it: a name whose first
// part has neither a dot nor a colon and is not "localhost" belongs to
// docker.io, and one of a single part to docker.io/library, so that "debian",
// "docker.io/debian" and "docker.io/library/debian" are one repository.
// "localhost/web" is the repository "web" of the registry "localhost". A
// missing tag stays missing: whoever means "latest" says so with
// [Reference.Tagged].
//
// It stands apart from package registry so that what only compares names need
// not know how to talk to registries.
package reference

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
)

// A Reference is the name of an image, taken apart. At least Registry and
// Repository are set. References are values and do not change.
type Reference struct {
	Registry   string // "quay.io", "localhost:5000"
	Repository string // with the registry: "quay.io/acme/web"
	Tag        string // "" when none was written
	Digest     string // "sha256:…" or ""
}

// Parse takes the name of an image apart.
func Parse(s string) (Reference, error) {
	named, err := reference.ParseNormalizedNamed(s)
	if err != nil {
		return Reference{}, fmt.Errorf("reading the image reference %q: %w", s, err)
	}
	ref := Reference{Registry: reference.Domain(named), Repository: named.Name()}
	if t, ok := named.(reference.Tagged); ok {
		ref.Tag = t.Tag()
	}
	if d, ok := named.(reference.Digested); ok {
		ref.Digest = d.Digest().String()
	}
	return ref, nil
}

// Path returns the repository without its registry: "acme/web".
func (r Reference) Path() string { return strings.TrimPrefix(r.Repository, r.Registry+"/") }

// Name returns the last part of the repository: "web".
func (r Reference) Name() string { return r.Repository[strings.LastIndexByte(r.Repository, '/')+1:] }

// Version returns what tells one image of the repository from another: the
// digest, else the tag, else "latest".
func (r Reference) Version() string {
	switch {
	case r.Digest != "":
		return r.Digest
	case r.Tag != "":
		return r.Tag
	default:
		return "latest"
	}
}

// Tagged returns r, with the tag "latest" when it has neither tag nor digest.
func (r Reference) Tagged() Reference {
	if r.Digest == "" {
		r.Tag = r.Version()
	}
	return r
}

// Exact returns the name to ask a registry for: with the digest alone when
// there is one, for a tag beside it could only contradict.
func (r Reference) Exact() string {
	if r.Digest != "" {
		return r.Repository + "@" + r.Digest
	}
	return r.Repository + ":" + r.Version()
}

// String returns the whole name; Parse reads it back.
func (r Reference) String() string {
	s := r.Repository
	if r.Tag != "" {
		s += ":" + r.Tag
	}
	if r.Digest != "" {
		s += "@" + r.Digest
	}
	return s
}
