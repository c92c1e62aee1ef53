package action

import (
	"fmt"
	"path/filepath"

	"github.com/slipway-build/slipway/core/engine"
)

// needless reports that a program need not run, because of the files that are
// there: what it creates is, or what it removes is not. Patterns of shells are
// followed; a relative one starts in dir.
func needless(dir, creates, removes string) (engine.Result, bool, error) {
	if creates != "" {
		there, err := anyFile(dir, creates)
		if there || err != nil {
			return engine.Result{Verb: "there", Detail: creates + " exists"}, true, err
		}
	}
	if removes != "" {
		there, err := anyFile(dir, removes)
		if !there || err != nil {
			return engine.Result{Verb: "gone", Detail: removes + " does not exist"}, true, err
		}
	}
	return engine.Result{}, false, nil
}

func anyFile(dir, pattern string) (bool, error) {
	found, err := filepath.Glob(within(dir, pattern))
	if err != nil {
		return false, fmt.Errorf("looking for %s: %w", pattern, err)
	}
	return len(found) > 0, nil
}

// within returns a path that, if relative, starts in dir.
func within(dir, path string) string {
	if path == "" {
		return dir
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
