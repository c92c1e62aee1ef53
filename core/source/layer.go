package source

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/core/source/git"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Kind says where the files of a layer come from.
type Kind string

// The kinds of layers.
const (
	Git        Kind = "git"        // a repository
	Archive    Kind = "archive"    // a tar or zip, here or behind a URL
	Dockerfile Kind = "dockerfile" // a text in image.yml
	Image      Kind = "image"      // files of an image
	Bundle     Kind = "bundle"     // what a container of an image leaves
	Directory  Kind = "directory"  // a folder of this machine
)

// A Layer is what one source lays into a workspace, as image.yml says it.
type Layer struct {
	Kind       Kind
	From       string            // the URL, path, reference or text as written, templates expanded
	Ref        string            // of a repository: branch, tag or commit; empty: its HEAD
	Path       string            // the folder that is taken, "." for all; of a bundle where the container leaves it
	To         string            // the folder of the workspace it is laid into; "." is its root
	SHA256     string            // of an archive: 64 digits; empty: anything
	Secret     *secret.Source    // what opens a server; nil: nothing
	Submodules bool              // of a repository: theirs as well
	Picks      []Pick            // of an image, in the order of the file
	Command    []string          // of a bundle; nil: the image's
	Env        map[string]string // of a bundle
	Workspace  string            // of a bundle: where the container finds what was laid before; empty: nowhere
	Replace    bool              // what lies there from before gives way
	Dir        string            // a relative path starts here
	Pos        diag.Pos          // where From stands

	secret  document.Node // the name of Secret
	written document.Node // of a Dockerfile, before templates were expanded
}

// A Pick is a file or folder of an image, and the folder of the workspace that
// it is put into.
type Pick struct {
	From string // absolute; with a slash at the end what is in it; elements may be patterns
	To   string
}

// Name is the source for people and for the record, without credentials:
// "https://git.example/acme/app.git", "image builder".
func (l Layer) Name() string {
	switch l.Kind {
	case Git:
		return (git.Origin{URL: l.From}).Name()
	case Archive:
		return "archive " + (git.Origin{URL: l.From}).Name()
	case Dockerfile:
		return "the inline Dockerfile"
	default:
		return string(l.Kind) + " " + l.From
	}
}

// Repository is the address of a repository of git, without credentials; "" of
// other layers, and of one that is known by its path on this machine alone.
func (l Layer) Repository() string {
	if l.Kind != Git || !l.Remote() && !strings.HasPrefix(l.From, "file://") {
		return ""
	}
	return l.Name()
}

// Password is what the URL itself says to its server; "" when it says nothing.
func (l Layer) Password() string {
	if !l.Remote() {
		return ""
	}
	return (git.Origin{URL: l.From}).Password()
}

// file is where a path of this machine leads.
func (l Layer) file() string {
	if filepath.IsAbs(l.From) {
		return l.From
	}
	return filepath.Join(l.Dir, filepath.FromSlash(l.From))
}

// Remote reports whether From is a URL, or what git takes for one.
func (l Layer) Remote() bool {
	if strings.Contains(l.From, "://") {
		return !strings.HasPrefix(l.From, "file://")
	}
	host, _, scp := strings.Cut(l.From, ":")
	return l.Kind == Git && scp && !strings.Contains(host, "/")
}

// origin is the repository of a layer of git.
func (l Layer) origin(token string) git.Origin {
	o := git.Origin{URL: l.From, Ref: l.Ref, Token: token}
	if !l.Remote() && !strings.HasPrefix(l.From, "file://") {
		o.URL = l.file()
	}
	return o
}

// Late reports whether a layer is laid only just before the build, because the
// image that it comes from may have to be built first.
func (l Layer) Late() bool { return l.Kind == Image || l.Kind == Bundle }

// Later returns where layers put what nobody can see before the build.
func Later(layers []Layer) []string {
	var out []string
	for _, l := range layers {
		if l.Kind == Bundle {
			out = append(out, l.To)
		}
		for _, p := range l.Picks {
			out = append(out, p.lands())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lands is the path that a pick makes, or the folder when nobody knows which.
func (p Pick) lands() string {
	if strings.HasSuffix(p.From, "/") || strings.ContainsAny(path.Base(p.From), `*?[\`) {
		return p.To
	}
	return path.Join(p.To, path.Base(p.From))
}

// Inputs returns the images that layers come from.
func Inputs(layers []Layer) []strategy.ImageInput {
	var out []strategy.ImageInput
	for _, l := range layers {
		if l.Late() {
			out = append(out, strategy.ImageInput{
				Reference: l.From, Kind: strategy.Copy, File: l.Pos.File, Line: l.Pos.Line, Column: l.Pos.Column,
			})
		}
	}
	return out
}

// Same reports whether two images are told the same sources, wherever that is
// written.
func Same(a, b []Layer) bool { return slices.EqualFunc(a, b, Layer.same) }

func (l Layer) same(m Layer) bool {
	return l.Kind == m.Kind && l.From == m.From && l.Ref == m.Ref && l.Path == m.Path && l.To == m.To && l.SHA256 == m.SHA256 &&
		l.Submodules == m.Submodules && slices.Equal(l.Picks, m.Picks) && slices.Equal(l.Command, m.Command) &&
		maps.Equal(l.Env, m.Env) && l.Workspace == m.Workspace && l.Replace == m.Replace
}

// Reaches returns which of files, as [Repository.Changed] names them, may be
// part of what a layer lays, and as what. whole is whether one of them is all of
// it: an archive, a folder that is a repository of its own, a link to the folder.
func (l Layer) Reaches(files []string) (as []string, whole bool) {
	if l.Remote() || l.Late() || l.Kind == Dockerfile {
		return nil, false
	}
	at := l.file()
	if l.Kind != Archive {
		at = filepath.Join(at, filepath.FromSlash(l.Path))
	}
	places := spellings(at)
	for _, file := range files {
		for _, place := range places {
			rel, err := filepath.Rel(place, file)
			switch {
			case err != nil || !filepath.IsLocal(rel):
			case rel == ".":
				whole = true
			case l.Kind != Archive:
				as = append(as, path.Join(l.To, filepath.ToSlash(rel))+slash(file))
			}
		}
	}
	return as, whole
}

// slash is what a path ends in when it is that of a folder.
func slash(path string) string {
	if strings.HasSuffix(path, "/") {
		return "/"
	}
	return ""
}

// spellings are where git finds a path: what is there, which may be a link, and
// what that leads to.
func spellings(path string) []string {
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return []string{path}
	}
	itself := filepath.Join(dir, filepath.Base(path))
	there, err := filepath.EvalSymlinks(itself)
	if err != nil || there == itself {
		return []string{itself}
	}
	return []string{itself, there}
}
