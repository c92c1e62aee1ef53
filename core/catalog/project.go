package catalog

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// ociScheme begins a source that is an artifact in a registry.
const ociScheme = "oci://"

// pluginName matches "publisher/name".
var pluginName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$`)

// A Plugin is a strategy that a project names in its slipway.yml.
type Plugin struct {
	Name   string   // "publisher/name"
	Source string   // "oci://REFERENCE", or a path: a program, or a folder with a plugin.yaml
	Pos    diag.Pos // of the name
}

// ReadProject reads the section plugins of a slipway.yml:
//
//	plugins:
//	  - name: acme/hello
//	    source: bin/hello
//
// An absent one names none. All mistakes are told.
func ReadProject(section document.Node) ([]Plugin, diag.List) {
	type entry struct {
		Name   document.Node `yaml:"name,required"`
		Source document.Node `yaml:"source,required"`
	}
	var entries []entry
	found := document.Decode(section, &entries)
	var out []Plugin
	first := map[string]diag.Pos{}
	for _, r := range entries {
		p := Plugin{Name: r.Name.Text(), Source: r.Source.Text(), Pos: r.Name.Pos()}
		if r.Name.IsZero() || r.Source.IsZero() {
			continue // told by Decode, or empty
		}
		found.Add(p.check(first)...)
		first[p.Name] = p.Pos
		out = append(out, p)
	}
	return out, found
}

// check judges one entry; first holds where each name stood already.
func (p Plugin) check(first map[string]diag.Pos) diag.List {
	var found diag.List
	if !pluginName.MatchString(p.Name) {
		found.Add(diag.Errorf("plugin.name", p.Pos, "found the plugin name %q", p.Name).
			WithDetail("Bare names are those of built-in strategies, so that nobody can take their place.").
			WithFix("write publisher/name, in lower-case letters, digits and hyphens"))
	}
	if at, taken := first[p.Name]; taken {
		found.Add(diag.Errorf("plugin.twice", p.Pos, "plugin %q is named twice, first at %s", p.Name, at).WithFix("remove one"))
	}
	return found
}

// oci returns the reference of a source in a registry.
func (p Plugin) oci() (reference string, ok bool) { return strings.CutPrefix(p.Source, ociScheme) }

// readDocument parses a file; one that is not there is an absent node.
func readDocument(file string) (document.Node, diag.List) {
	src, err := os.ReadFile(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return document.Node{}, nil
	case err != nil:
		return document.Node{}, diag.List{diag.Errorf("unreadable", diag.Pos{File: file}, "%s", fmt.Sprint(err))}
	}
	return document.Parse(file, src)
}
