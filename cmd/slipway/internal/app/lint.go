package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/lint"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Lint judges playbooks and the inventory: all that loading finds, and what the
// rules say of it. Warnings of loading are among the findings.
func (a *App) Lint(ctx context.Context, playbooks []string, levels lint.Levels) (diag.List, error) {
	r := &reviewer{app: a, site: lint.Site{Actions: ActionNames()}}
	if err := r.load(ctx, playbooks); err != nil {
		return nil, err
	}
	r.found.Add(lint.Check(r.site, levels)...)
	return a.strict(r.found.Sorted()), nil
}

// A reviewer is one Lint under way. Unlike a run it goes on after mistakes, with
// what there is.
type reviewer struct {
	app   *App
	site  lint.Site
	found diag.List

	mu   sync.Mutex // templates are read by several at once
	read []string   // files that are in site already
}

// take adds mistakes to what was found, and returns other errors.
func (r *reviewer) take(err error) error {
	ds := diag.Of(err)
	if len(ds) == 0 {
		return err
	}
	r.found.Add(ds...)
	return nil
}

func (r *reviewer) load(ctx context.Context, playbooks []string) error {
	if err := r.inventory(ctx, playbooks); err != nil {
		return err
	}
	settings, err := r.app.Config()
	if err != nil {
		return err
	}
	r.file(settings.File)
	root, err := r.app.Root()
	if err != nil {
		return err
	}
	if err := r.features(root); err != nil {
		return err
	}
	options, err := r.app.bookOptions(r.remember)
	if err != nil {
		return err
	}
	r.heed(options.Actions)
	for _, file := range playbooks {
		book, ds := playbook.Load(file, options)
		r.found.Add(ds...)
		if err := r.plan(book, ds.Err() == nil); err != nil {
			return err
		}
	}
	return nil
}

// inventory loads the images, what they stand on, and their features.
func (r *reviewer) inventory(ctx context.Context, playbooks []string) error {
	dir, more, err := r.app.sources()
	if err != nil {
		return err
	}
	for _, source := range append(more, dir) {
		r.folder(source)
	}
	inv, found, err := r.app.Inventory(ctx, playbooks...)
	if err != nil {
		return r.take(err)
	}
	r.found.Add(found...)
	r.site.Inventory = inv
	proof, found, err := r.app.loadProof(inv)
	if err != nil {
		return err
	}
	r.found.Add(found...)
	r.site.Suite = proof.suite
	if _, err := r.app.Plugins(); err != nil {
		return r.take(err)
	}
	family, found, err := plan.Relate(ctx, inv.Images, r.app.asker())
	if err != nil {
		return err
	}
	r.found.Add(found...)
	if found.Err() == nil {
		r.site.Family = family
	}
	return nil
}

// features keeps the features of the project.
func (r *reviewer) features(root string) error {
	return filepath.WalkDir(filepath.Join(root, "features"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(path) == ".feature" {
			r.file(path)
		}
		return nil // what cannot be read is loading's to tell of
	})
}

// plan checks the templates and patterns of one playbook, as far as that can be
// done when it is not whole, or the inventory could not be loaded.
func (r *reviewer) plan(book *playbook.Playbook, whole bool) error {
	if !whole || r.site.Family == nil {
		r.found.Add(r.app.alone([]*playbook.Playbook{book})...)
		return nil
	}
	secrets, err := r.app.UnreadSecrets()
	if err != nil {
		return r.take(err)
	}
	books, o := []*playbook.Playbook{book}, plan.Options{Run: plan.RunInfo{ID: "preview", Secrets: secrets}, Facts: action.FactShape()}
	p, found := plan.New(r.site.Inventory, r.site.Family, books, o)
	r.found.Add(found...)
	if len(found.Errors()) > 0 {
		return nil
	}
	_, err = r.app.prove(site{r.site.Inventory, r.site.Family, books}, p)
	return r.take(err)
}

// heed keeps the files whose templates actions expand, as they are read, for
// the rules.
func (r *reviewer) heed(actions playbook.Actions) {
	for name, a := range actions {
		if a.Text != nil {
			read := a.Text.Read
			a.Text = &playbook.Text{Argument: a.Text.Argument, Read: func(named document.Node, dir string) (document.Node, error) {
				n, err := read(named, dir)
				if err == nil {
					r.keep(n.Pos().File, []byte(n.Text()))
				}
				return n, err
			}}
			actions[name] = a
		}
	}
}

// remember reads a file of a playbook and keeps it for the rules.
func (r *reviewer) remember(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	src, err := os.ReadFile(path)
	if err == nil {
		r.keep(path, src)
	}
	return src, err
}

// file keeps a file for the rules; one that is not there is none.
func (r *reviewer) file(path string) {
	if src, err := os.ReadFile(path); err == nil {
		r.keep(path, src)
	}
}

func (r *reviewer) keep(path string, src []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if abs, err := filepath.Abs(path); err == nil && !slices.Contains(r.read, abs) {
		r.read = append(r.read, abs)
		r.site.Files = append(r.site.Files, lint.File{Name: path, Src: src, YAML: isYAML(path)})
	}
}

func isYAML(path string) bool {
	return slices.Contains([]string{".yml", ".yaml"}, filepath.Ext(path))
}

// folder keeps the files of an inventory in which people write: not what goes
// into images.
func (r *reviewer) folder(dir string) {
	abs, err := filepath.Abs(dir) // as the places of an inventory are
	if err != nil {
		return
	}
	r.file(abs) // it may be a file
	for _, pattern := range []string{"*.y*ml", "group_vars/*", "group_vars/*/*", "image_vars/*", "image_vars/*/*", "images/*/*.y*ml", "images/*/*file", "images/*/features/*.feature"} {
		files, err := filepath.Glob(filepath.Join(abs, pattern))
		if err != nil {
			return
		}
		for _, file := range files {
			r.file(file)
		}
	}
}

// Playbooks finds the files with plays among paths: files as they are, and what
// is directly in folders. Without paths it is the project's root and its
// playbooks/.
func (a *App) Playbooks(paths ...string) ([]string, error) {
	given := len(paths) > 0
	if !given {
		root, err := a.Root()
		if err != nil {
			return nil, err
		}
		paths = []string{root, filepath.Join(root, "playbooks")}
	}
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && !given:
		case err != nil:
			return nil, diag.Errorf("unreadable", diag.Pos{File: path}, "this cannot be read: %s", cause(err)).WithFix("name a playbook or a folder")
		case info.IsDir():
			files = append(files, playbooksIn(path)...)
		default:
			files = append(files, path)
		}
	}
	return files, nil
}

func playbooksIn(dir string) []string {
	files, err := filepath.Glob(filepath.Join(dir, "*.y*ml"))
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(files, func(file string) bool {
		src, err := os.ReadFile(file)
		return err != nil || !lint.IsPlaybook(file, src)
	})
}

// FixLayout mends the layout of what Lint looks at, and returns the files that
// it has changed.
func (a *App) FixLayout(ctx context.Context, playbooks []string, levels lint.Levels) ([]string, error) {
	r := &reviewer{app: a}
	if err := r.load(ctx, playbooks); err != nil {
		return nil, err
	}
	var changed []string
	for _, f := range r.site.Files {
		fixed := lint.Fix(f, ActionNames(), levels)
		if !f.YAML || string(fixed) == string(f.Src) {
			continue
		}
		if err := rewrite(f.Name, fixed); err != nil {
			return changed, err
		}
		changed = append(changed, f.Name)
	}
	return changed, nil
}

// rewrite gives a file other bytes and leaves its mode. It is replaced as a
// whole, so that nobody ever sees half of it.
func rewrite(path string, data []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".slipway-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err := errors.Join(err, tmp.Chmod(info.Mode().Perm()), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
