package registry

import (
	"fmt"
	"strings"

	"github.com/containers/image/v5/docker/reference"
)

// A Reference is the name of an image, taken apart. At least Registry and
// Repository are set.
type Reference struct {
	Registry   string // "quay.io", "localhost:5000"
	Repository string // with the registry: "quay.io/acme/web"
	Tag        string // "" when none was written: nothing is made up
	Digest     string // "sha256:…" or ""
}

// ParseReference takes the name of an image apart as docker and podman do: a
// name whose first part has neither a dot nor a colon and is not "localhost"
// belongs to docker.io, and one of a single part to docker.io/library, so that
// "debian", "docker.io/debian" and "docker.io/library/debian" are one
// repository. "localhost/web" is the repository "web" of the registry
// "localhost". A missing tag stays missing.
func ParseReference(s string) (Reference, error) {
	named, err := reference.ParseNormalizedNamed(s)
	if err != nil {
		return Reference{}, fmt.Errorf("parsing image reference %q: %w", s, err)
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
func (r Reference) Path() string {
	return strings.TrimPrefix(r.Repository, r.Registry+"/")
}

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

// String returns the whole name; ParseReference reads it back.
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

// exact returns the name that containers/image asks a registry for: with the
// digest alone when there is one, for a tag beside it could only contradict.
func (r Reference) exact() string {
	if r.Digest != "" {
		return r.Repository + "@" + r.Digest
	}
	return r.Repository + ":" + r.Version()
}
