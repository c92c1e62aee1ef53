package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Unused returns what of the cache nobody has used since: workspaces, copies of
// repositories and archives, each a path with others beside it that begin with
// it. A cache that does not exist holds nothing.
func Unused(cache string, since time.Time) ([]string, error) {
	var old []string
	for _, kind := range []string{"archives", "git", "workspaces"} {
		found, err := unused(filepath.Join(cache, kind), since)
		if err != nil {
			return nil, fmt.Errorf("looking at the cache of sources: %w", err)
		}
		old = append(old, found...)
	}
	return old, nil
}

func unused(dir string, since time.Time) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	newest := map[string]time.Time{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		name := stem(e.Name())
		if at := info.ModTime(); at.After(newest[name]) || newest[name].IsZero() {
			newest[name] = at
		}
	}
	var old []string
	for name, at := range newest {
		if at.Before(since) {
			old = append(old, filepath.Join(dir, name))
		}
	}
	slices.Sort(old)
	return old, nil
}

// stem is what the parts of one thing in the cache have in common.
func stem(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, ".json"), ".lock")
}

// Discard removes what Unused found.
func Discard(path string) error {
	return errors.Join(os.RemoveAll(path), os.RemoveAll(path+".json"), os.RemoveAll(path+".lock"))
}
