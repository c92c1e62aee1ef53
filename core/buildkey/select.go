package buildkey

import (
	"fmt"
	"path"
	"strings"

	"github.com/moby/patternmatcher"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// Selects reports whether one of inputs selects the file at p, below the
// workspace, whether or not it exists: a file that was removed was selected,
// too. With a slash at the end it is a folder of which is not known what changed
// in it, and is selected when anything in it may be. Links are not followed; what lies behind those that are there is in
// what [Read] finds.
func Selects(inputs []strategy.Input, p string) (bool, error) {
	for _, in := range inputs {
		if in.URL != "" || !covers(in.Path, p) {
			continue
		}
		exclude, err := patternmatcher.New(in.Exclude)
		if err != nil {
			return false, fmt.Errorf("reading what input %q excludes: %w", in.Path, err)
		}
		hidden, err := exclude.MatchesOrParentMatches(path.Clean(p))
		if err != nil {
			return false, fmt.Errorf("reading what input %q excludes: %w", in.Path, err)
		}
		if !hidden || exclude.Exclusions() && strings.HasSuffix(p, "/") {
			return true, nil
		}
	}
	return false, nil
}

// covers reports whether a pattern names p or a folder that holds it, or what
// may be in the folder that p is.
func covers(pattern, p string) bool {
	want, have := names(pattern), strings.Split(path.Clean(p), "/")
	if len(want) > len(have) && !strings.HasSuffix(p, "/") {
		return false
	}
	for i, e := range want[:min(len(want), len(have))] {
		if ok, _ := path.Match(e.text, have[i]); !ok {
			return false
		}
	}
	return true
}
