package plugintest

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// listing tells of everything below dir: for each path its mode and content.
func listing(dir string) (map[string]string, error) {
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content := ""
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(path) //nolint:gosec // below a folder of the suite's own
			if err != nil {
				return err
			}
			content = fmt.Sprintf("%x", sha256.Sum256(data))
		}
		name, err := filepath.Rel(dir, path)
		out[name] = info.Mode().String() + " " + content
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", dir, err)
	}
	return out, nil
}

// difference returns the paths that are not the same in both, sorted.
func difference(a, b map[string]string) []string {
	changed := map[string]bool{}
	for path, what := range a {
		if b[path] != what {
			changed[path] = true
		}
	}
	for path := range b {
		if _, known := a[path]; !known {
			changed[path] = true
		}
	}
	return slices.Sorted(maps.Keys(changed))
}
