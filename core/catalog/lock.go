package catalog

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/internal/wholefile"
	"github.com/slipway-build/slipway/sdk/diag"
)

// lockVersion is the version of the file's format.
const lockVersion = 1

// anyPlatform stands for all platforms: a folder may hold scripts.
const anyPlatform = "any"

// A Lock says which content of each plugin may be started. It is the content
// of slipway.lock, which belongs into version control.
type Lock struct {
	Version int      `json:"version" yaml:"version,required"`
	Plugins []Locked `json:"plugins" yaml:"plugins"`
}

// A Locked plugin is one entry of a lock.
type Locked struct {
	Name     string            `json:"name" yaml:"name,required"`
	Source   string            `json:"source" yaml:"source,required"`
	Version  string            `json:"version" yaml:"version"`        // of the strategy, as it says
	Protocol int               `json:"protocol" yaml:"protocol"`      // major version
	SHA256   map[string]string `json:"sha256" yaml:"sha256,required"` // of what is executed, in hex, by platform
}

// sha256Hex matches what stands in a lock.
var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// ReadLock reads a slipway.lock; one that is not there is empty.
func ReadLock(file string) (Lock, diag.List) {
	root, found := readDocument(file)
	l := Lock{Version: lockVersion}
	if root.IsZero() {
		return l, found
	}
	found.Add(document.Decode(root, &l)...)
	if l.Version != lockVersion && found.Err() == nil {
		found.Add(diag.Errorf("lock.version", root.Get("version").Pos(), "the lock has version %d; this slipway reads %d", l.Version, lockVersion).
			WithFix("use the slipway that wrote it, or run slipway plugin lock"))
	}
	for i, p := range root.Get("plugins").Items() {
		for _, e := range p.Get("sha256").Entries() {
			if !sha256Hex.MatchString(e.Value.Text()) {
				found.Add(diag.Errorf("lock.digest", e.Value.Pos(), "plugin %d has no SHA-256 for %s", i+1, e.Key.Text()).WithFix("run slipway plugin lock"))
			}
		}
	}
	return l, found
}

// Write writes the lock to file, all of it or nothing.
func (l Lock) Write(file string) error {
	l.Version = lockVersion
	slices.SortFunc(l.Plugins, func(a, b Locked) int { return strings.Compare(a.Name, b.Name) })
	data, err := document.Marshal(l)
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	head := []byte("# Written by `slipway plugin lock`. Keep it in version control.\n")
	if err := wholefile.WriteDurably(file, append(head, data...), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return nil
}

// Moved returns the plugins that stand for something else in build keys by other,
// by name, sorted.
func (l Lock) Moved(other Lock) []string {
	var out []string
	for _, p := range slices.Concat(l.Plugins, other.Plugins) {
		was, _ := l.Find(p.Name)
		is, _ := other.Find(p.Name)
		if was.identity() != is.identity() {
			out = append(out, p.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Find returns the entry of a plugin.
func (l Lock) Find(name string) (Locked, bool) {
	i := slices.IndexFunc(l.Plugins, func(p Locked) bool { return p.Name == name })
	if i < 0 {
		return Locked{}, false
	}
	return l.Plugins[i], true
}

// Digest returns what may be started on a platform ("linux/amd64").
func (l Locked) Digest(platform string) (string, bool) {
	for _, key := range []string{platform, anyPlatform} {
		if d, ok := l.SHA256[key]; ok {
			return d, true
		}
	}
	return "", false
}

// identity is what stands in build keys for the plugin: all of what is locked,
// for all platforms, so that machines of different kinds agree.
func (l Locked) identity() string {
	all := sha256.New()
	for _, platform := range slices.Sorted(maps.Keys(l.SHA256)) {
		fmt.Fprintf(all, "%s %s\n", platform, l.SHA256[platform])
	}
	return fmt.Sprintf("locked sha256:%x", all.Sum(nil))
}
