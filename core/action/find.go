package action

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// find returns the file that a task names. A relative name is looked for in
// the folder of the file the task stands in, or of its role, and in every
// folder above that up to the project's root; in each of them in the folder
// that such files have (below is its name: "templates", "files") and then in
// itself. So a role has its own files, and what stands beside the playbook or at
// the top is found as well.
func find(root, dir, below string, named document.Node) (string, error) {
	name := named.Text()
	if filepath.IsAbs(name) {
		_, err := os.Stat(name)
		return name, lookingFor(named, []string{name}, err)
	}
	var tried []string
	for _, folder := range searched(root, dir, below) {
		path := filepath.Join(folder, name)
		_, err := os.Stat(path)
		tried = append(tried, path)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return path, lookingFor(named, tried, err)
		}
	}
	return "", lookingFor(named, tried, fs.ErrNotExist)
}

// searched returns the folders in which files of a task are looked for.
func searched(root, dir, below string) []string {
	if abs, err := filepath.Abs(dir); dir != "" && err == nil {
		dir = abs
	}
	var folders []string
	add := func(folder string) { folders = append(folders, filepath.Join(folder, below), folder) }
	for at := dir; inside(root, at); at = filepath.Dir(at) {
		add(at)
	}
	if dir != "" && dir != root && !inside(root, dir) {
		add(dir)
	}
	add(root)
	return folders
}

// inside reports whether a folder lies below root.
func inside(root, dir string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && rel != "." && rel != ".." && !strings.HasPrefix(rel, "../")
}

// lookingFor tells of a file that a task names and that is not to be had.
func lookingFor(named document.Node, tried []string, err error) error {
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("looking for %s: %w", named.Text(), err)
	}
	return diag.Errorf("no-file", named.Pos(), "there is no file %s", named.Text()).WithFix("write one of %s", strings.Join(tried, ", "))
}
