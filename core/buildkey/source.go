package buildkey

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Source is what fills the workspace beside the files of this machine: a
// repository, or what comes out of an image. Files that a strategy declares
// are in [Facts.Files] wherever they come from; a Source says which state of
// its origin they are of, or how they are come by.
type Source struct {
	Name    string `json:"name"`             // "https://git.example/acme/app.git", "image builder"
	Version string `json:"version"`          // what counts: a commit, a tree, what an image's files are told
	Ref     string `json:"ref,omitempty"`    // the branch or tag; no part of the key, for people
	Commit  string `json:"commit,omitempty"` // where Version is a tree: the commit; no part of the key either
}

// Label is a source as people know it, and as a [Reason] names it.
func (s Source) Label() string { return strings.TrimSpace(s.Name + " " + s.Ref) }

// shown is its state as people know it.
func (s Source) shown() string {
	if s.Commit != "" {
		return s.Commit
	}
	return s.Version
}

// sourcesText is what counts of sources, in their order, as one text. It is
// empty when there are none, as it was before there were any.
func sourcesText(sources []Source) string {
	if len(sources) == 0 {
		return ""
	}
	rows := make([][2]string, len(sources))
	for i, s := range sources {
		rows[i] = [2]string{s.Name, s.Version}
	}
	b, err := json.Marshal(rows)
	if err != nil {
		panic(fmt.Sprintf("buildkey: marshalling texts: %v", err))
	}
	return string(b)
}

// diffSources explains what differs between sources; if it is nothing but their
// order, that.
func diffSources(before, after []Source) []Reason {
	out := compare("source", versions(before), versions(after))
	for i, r := range out {
		was, is := named(before, r.What), named(after, r.What)
		out[i] = Reason{Kind: r.Kind, What: slices.Concat(is, was)[0].Label(), Old: state(was, r.Old), New: state(is, r.New)}
	}
	if len(out) == 0 && sourcesText(before) != sourcesText(after) {
		return []Reason{{Kind: "source", What: "order", Old: order(before), New: order(after)}}
	}
	return out
}

func versions(sources []Source) map[string]string {
	return tabled(rows(sources, func(s Source) []string { return []string{s.Name, s.Version} }))
}

func named(sources []Source, name string) []Source {
	return slices.DeleteFunc(slices.Clone(sources), func(s Source) bool { return s.Name != name })
}

// state is what people call the state of the one source of a name; versions is
// what is known of several.
func state(sources []Source, versions string) string {
	if len(sources) == 1 {
		return sources[0].shown()
	}
	return versions
}

func order(sources []Source) string {
	var names []string
	for _, s := range sources {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}
