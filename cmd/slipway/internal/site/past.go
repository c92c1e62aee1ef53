package site

import "path/filepath"

// A past is the working tree of a repository as it was, laid somewhere else. The
// zero past is the present.
type past struct {
	tree string // the working tree, without links
	as   string // what it was
}

// at returns where to find what a path of the working tree was: "" when there was
// nothing. What lies outside of it has no past, and stays.
func (p past) at(path string) string {
	if p.tree == "" {
		return path
	}
	inside, err := filepath.Rel(p.tree, unlinked(path))
	if err != nil || !filepath.IsLocal(inside) {
		return path
	}
	if there := filepath.Join(p.as, inside); exists(there) {
		return there
	}
	return ""
}

// unlinked is an absolute path without links; it need not lead to anything.
func unlinked(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if there, err := filepath.EvalSymlinks(path); err == nil {
		return there
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// all is at for several paths, without those that were not there.
func (p past) all(paths []string) []string {
	var out []string
	for _, path := range paths {
		if there := p.at(path); there != "" {
			out = append(out, there)
		}
	}
	return out
}
