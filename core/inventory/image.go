package inventory

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/platform"
)

// An Image is one directory images/<name>/ and what the inventory says about
// it.
type Image struct {
	Name       string
	Dir        string   // absolute
	File       string   // absolute: its Dockerfile or Containerfile, else its image.yml
	Pos        diag.Pos // where messages about the image as a whole point
	Repository string   // "quay.io/acme/web", without tag
	Strategy   string   // "dockerfile" by default
	Config     json.RawMessage
	Args       map[string]string // build arguments
	Labels     map[string]string
	Tags       []string
	Platforms  []string // "linux/amd64", each once; the machine's own when image.yml names none
	Isolation  string   // "chroot" by default, or "oci"
	Epoch      int64    // seconds since 1970 for every timestamp in the image
	Timeout    time.Duration
	Resources  builder.Resources // bounds for its builds; only with isolation "oci"
	Gate       Gate
	Secrets    []secret.Source // in the order of image.yml
	Sources    []string        // git repositories it comes from, as written: source in image.yml, and its label
	Layers     []source.Layer  // what source in image.yml lays over its own folder, in order

	scope    vars.Scope
	config   document.Node
	root     document.Node // image.yml
	file     imageFile     // the same, decoded
	local    bool
	embedded bool
}

// A Gate is what an image's verdict needs beyond passing.
type Gate struct {
	Require      []string `yaml:"require"`       // tags of which a scenario must have passed: "@smoke"
	MinScenarios int      `yaml:"min_scenarios"` // at least so many must have passed
	Platforms    []string `yaml:"platforms"`     // must have passed; the image's others are waived. Empty: all of them must
}

// Local reports whether the image has no registry to be pushed to.
func (m *Image) Local() bool { return m.local }

// Host returns the registry of the image's repository: "quay.io", or
// "localhost:5000".
func (m *Image) Host() string {
	r, err := reference.Parse(m.Repository)
	if err != nil {
		return m.Repository
	}
	return r.Registry
}

// Waives reports whether a platform of the image needs no verdict.
func (g Gate) Waives(name string) bool {
	return len(g.Platforms) > 0 && !slices.ContainsFunc(g.Platforms, func(one string) bool { return platform.Canonical(one) == platform.Canonical(name) })
}

// Scope returns every definition of every variable of the image.
func (m *Image) Scope() *vars.Scope { return &m.scope }

// ConfigPos returns where the part of the strategy's config at a JSON pointer
// stands.
func (m *Image) ConfigPos(pointer string) diag.Pos {
	n := m.config
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		next := below(n, strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
		if next.Kind() == document.Absent {
			break
		}
		n = next
	}
	if n.Kind() == document.Absent {
		return m.Pos
	}
	return n.Pos()
}

// ReferencePos returns where the strategy's config names an image, for strategies
// that find their images there and not in a file; else where the image is.
func (m *Image) ReferencePos(reference string) diag.Pos {
	pos := m.Pos
	document.Walk(m.config, func(n document.Node) {
		if pos == m.Pos && n.Text() == reference {
			pos = n.Pos()
		}
	})
	return pos
}

// below returns what a mapping holds under a key, or a list under a number.
func below(n document.Node, part string) document.Node {
	items := n.Items()
	if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(items) {
		return items[i]
	}
	return n.Get(part)
}

// An imageFile is image.yml as written, templates not expanded.
type imageFile struct {
	Strategy   document.Node            `yaml:"strategy"`
	Source     document.Node            `yaml:"source"`
	Config     document.Node            `yaml:"config"`
	Repository document.Node            `yaml:"repository"`
	Args       map[string]document.Node `yaml:"args"`
	Labels     map[string]document.Node `yaml:"labels"`
	Tags       document.Node            `yaml:"tags"`
	Platforms  document.Node            `yaml:"platforms"`
	Isolation  document.Node            `yaml:"isolation"`
	Epoch      int64                    `yaml:"epoch"`
	Timeout    time.Duration            `yaml:"timeout"`
	Resources  document.Node            `yaml:"resources"`
	Gate       Gate                     `yaml:"gate"`
	Vars       document.Node            `yaml:"vars"`
	Secrets    document.Node            `yaml:"secrets"`
}

// RepositoryPos returns where it is said in which registry the image is kept.
func (m *Image) RepositoryPos() diag.Pos {
	if !m.file.Repository.IsZero() {
		return m.file.Repository.Pos()
	}
	if def, ok := m.scope.Winner("registry"); ok {
		return def.Value.Pos()
	}
	return m.Pos
}

// PlatformsPos returns where it is said what the image is built for.
func (m *Image) PlatformsPos() diag.Pos {
	if m.file.Platforms.IsZero() {
		return m.Pos
	}
	return m.file.Platforms.Pos()
}

// ResourcesPos returns where it is said what builds of the image may use.
func (m *Image) ResourcesPos() diag.Pos {
	if m.file.Resources.IsZero() {
		return m.Pos
	}
	return m.file.Resources.Pos()
}

// SourcePos returns where a source of the image is named.
func (m *Image) SourcePos(name string) diag.Pos {
	for _, l := range m.Layers {
		if l.Name() == name {
			return l.Pos
		}
	}
	return m.Pos
}

// StrategyPos returns where the image names its strategy.
func (m *Image) StrategyPos() diag.Pos {
	if m.file.Strategy.IsZero() {
		return m.Pos
	}
	return m.file.Strategy.Pos()
}
