// Package buildkey says what goes into a build, and hashes it.
//
// [Facts] are everything that can change the image a strategy makes. Equal
// facts give equal keys on every machine: maps and sets have no order here,
// JSON is brought into one form, and neither times nor places nor the names
// an image is published under take part. Labels that only tell when and from
// which revision an image was made are left out too, for they would rebuild
// the world at every commit.
//
// The encoding is versioned and every part of it carries its length, so no two
// facts share an encoding. Raising the version rebuilds everything once.
//
// [Read] finds and hashes the files that a strategy declares. [Diff] explains
// why a key changed.
package buildkey

import "encoding/json"

// Facts are what goes into the build of one image for one platform. They can
// be written as JSON and read back without changing their key.
type Facts struct {
	Strategy    string            `json:"strategy"`
	Version     string            `json:"version"`          // of the strategy
	Plugin      string            `json:"plugin,omitempty"` // what the strategy is made of; "" when its version says that
	Config      json.RawMessage   `json:"config,omitempty"`
	Args        map[string]string `json:"args,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Platform    string            `json:"platform"`
	Epoch       int64             `json:"epoch"`                 // seconds
	Sources     []Source          `json:"sources,omitempty"`     // in the order in which they are laid; none for a plain folder
	Fingerprint string            `json:"fingerprint,omitempty"` // the strategy's own
	Files       []File            `json:"files,omitempty"`
	URLs        []URL             `json:"urls,omitempty"`
	Images      []ImageIdentity   `json:"images,omitempty"`
}

// A File is something in the workspace. A Path that matched nothing is a file
// too, with the Mode [Absent].
type File struct {
	Path   string `json:"path"`             // below the workspace, with slashes
	Mode   string `json:"mode"`             // "file 0755", "dir 0755", "link", …
	Link   string `json:"link,omitempty"`   // target of a symbolic link, not followed
	Digest string `json:"digest,omitempty"` // "sha256:…" of a file's content
	Lines  int    `json:"lines,omitempty"`  // of a text; no part of the key, for people
}

// Absent is the Mode of a path that matched nothing.
const Absent = "absent"

// A URL is a remote file, known by what its server calls its version.
type URL struct {
	URL  string `json:"url"`
	ETag string `json:"etag"`
}

// An ImageIdentity is an image that the build is made from.
type ImageIdentity struct {
	Reference string `json:"reference"`          // as the build asks for it
	Identity  string `json:"identity"`           // image ID of one of ours, manifest digest of another's
	Kind      string `json:"kind"`               // base, builder, copy or mount
	Platform  string `json:"platform,omitempty"` // when it is not that of the build
}

// String returns how the build asks for the image: "localhost/base (base)".
func (i ImageIdentity) String() string { return i.Reference + " (" + i.use() + ")" }

// As returns the same use of an image, when that is the one with an identity.
func (i ImageIdentity) As(identity string) ImageIdentity {
	i.Identity = identity
	return i
}

// use says what for: "base", "builder for linux/amd64".
func (i ImageIdentity) use() string {
	if i.Platform == "" {
		return i.Kind
	}
	return i.Kind + " for " + i.Platform
}

// volatile are the labels that say nothing about what an image does.
func volatile(label string) bool {
	return label == "org.opencontainers.image.created" || label == "org.opencontainers.image.revision"
}
