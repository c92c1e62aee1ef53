package source

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// AsOf lays the working tree as it was at a commit into a new folder. files
// are what has changed since, as [Repository.Changed] returns them. They are laid
// as they were; all else is links to what is there, so that what git ignores is
// the same then and now, and little is written however large the tree is. A
// submodule that changed is not there.
func (r *Repository) AsOf(ctx context.Context, commit string, files []string, to string) error {
	t := asOf{tree: r.Path, to: to, changed: map[string]bool{}, folders: map[string]bool{".": true}}
	var names []string
	for _, file := range files {
		name, err := filepath.Rel(r.Path, file)
		if err != nil {
			return fmt.Errorf("laying %s as it was: %w", file, err)
		}
		t.changed[name] = true
		names = append(names, filepath.ToSlash(name))
		for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
			t.folders[dir] = true
		}
	}
	if err := t.folder("."); err != nil {
		return fmt.Errorf("laying what was there at %s: %w", commit, err)
	}
	if err := r.CheckoutFiles(ctx, commit, names, to); err != nil {
		return fmt.Errorf("laying what was there at %s: %w", commit, err)
	}
	return nil
}

// An asOf is one AsOf under way. Paths are below the working tree.
type asOf struct {
	tree, to string
	changed  map[string]bool
	folders  map[string]bool // that hold what changed
}

// folder makes a folder that holds what changed, and links to what did not.
func (t *asOf) folder(dir string) error {
	if err := os.Mkdir(filepath.Join(t.to, dir), 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(t.tree, dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case t.changed[name], name == ".git":
		case t.folders[name]:
			if err := t.folder(name); err != nil {
				return err
			}
		default:
			if err := t.link(name, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// link links to what is there. A link is laid as it is, unless it leads out of
// the tree from where it stands: it is to lead to what its target was.
func (t *asOf) link(name string, e os.DirEntry) error {
	target := filepath.Join(t.tree, name)
	if e.Type()&os.ModeSymlink != 0 {
		written, err := os.Readlink(target)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(written, "/") {
			target = written
		}
	}
	return os.Symlink(target, filepath.Join(t.to, name))
}
