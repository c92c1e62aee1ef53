package dockerfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher/ignorefile"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// An Ignore is the ignore file of a build.
type Ignore struct {
	Path       string   // relative to the workspace; empty: there is none
	Candidates []string // every path whose appearance could change the answer
	Patterns   []string // relative to the context
}

// FindIgnore reads the ignore file as buildah chooses it: the file's own
// (name and ".dockerignore", then ".containerignore"), else the context's
// .containerignore, else its .dockerignore. file and context are paths inside
// workspace.
func FindIgnore(workspace fs.FS, file, context string) (Ignore, error) {
	out := Ignore{Candidates: []string{
		file + ".dockerignore",
		file + ".containerignore",
		path.Join(context, ".containerignore"),
		path.Join(context, ".dockerignore"),
	}}
	for i, candidate := range out.Candidates {
		content, err := fs.ReadFile(workspace, candidate)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return Ignore{}, fmt.Errorf("reading the ignore file: %w", err)
		}
		out.Path, out.Candidates = candidate, out.Candidates[:i+1]
		out.Patterns, err = ignorefile.ReadAll(bytes.NewReader(content))
		if err != nil {
			return Ignore{}, fmt.Errorf("reading %s: %w", candidate, err)
		}
		return out, nil
	}
	return out, nil
}

// Whole is the whole context as an input.
func (i Ignore) Whole(context string) strategy.Input {
	return strategy.Input{Path: context, Exclude: i.rebased(context)}
}

// rebased returns the patterns, and those that one instruction adds to them,
// relative to the workspace.
func (i Ignore) rebased(context string, more ...string) []string {
	all := slices.Concat(i.Patterns, more)
	if context == "." {
		return all
	}
	for n, p := range all {
		if rest, not := strings.CutPrefix(p, "!"); not {
			all[n] = "!" + path.Join(context, rest)
		} else {
			all[n] = path.Join(context, p)
		}
	}
	return all
}
