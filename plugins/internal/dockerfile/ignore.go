package dockerfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
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

// rebased returns the patterns relative to the workspace.
func (i Ignore) rebased(context string) []string {
	if context == "." {
		return i.Patterns
	}
	out := make([]string, len(i.Patterns))
	for n, p := range i.Patterns {
		if rest, not := strings.CutPrefix(p, "!"); not {
			out[n] = "!" + path.Join(context, rest)
		} else {
			out[n] = path.Join(context, p)
		}
	}
	return out
}
