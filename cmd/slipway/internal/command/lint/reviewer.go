package lint

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/slipway-build/slipway/cmd/slipway/internal/preflight"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/lint"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// judge judges playbooks and the inventory: all that loading finds, and what the
// rules say of it. Warnings of loading are among the findings.
func judge(ctx context.Context, reader *site.Reader, playbooks []string, levels lint.Levels) (diag.List, error) {
	r := &reviewer{reader: reader, site: lint.Site{Actions: site.ActionNames()}}
	if err := r.load(ctx, playbooks); err != nil {
		return nil, err
	}
	r.found.Add(lint.Check(r.site, levels)...)
	return reader.App.Strictly(r.found.Sorted()), nil
}

// A reviewer is one lint under way. Unlike a run it goes on after mistakes, with
// what there is.
type reviewer struct {
	reader *site.Reader
	site   lint.Site
	found  diag.List

	mu   sync.Mutex // templates are read by several at once
	read []string   // files that are in site already
	told []string   // those of them that playbooks are made of
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
	settings, err := r.reader.App.Config()
	if err != nil {
		return err
	}
	r.file(settings.File)
	root, err := r.reader.App.Root()
	if err != nil {
		return err
	}
	if err := r.features(root); err != nil {
		return err
	}
	options, err := r.reader.BookOptions(r.remember)
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
	dir, more, err := r.reader.Sources()
	if err != nil {
		return err
	}
	for _, source := range append(more, dir) {
		r.folder(source)
	}
	inv, found, err := r.reader.Inventory(ctx, playbooks...)
	if err != nil {
		return r.take(err)
	}
	r.found.Add(found...)
	r.site.Inventory = inv
	suite, found, err := r.reader.Features(inv)
	if err != nil {
		return err
	}
	r.found.Add(found...)
	r.site.Suite = suite
	if _, err := r.reader.App.Plugins(); err != nil {
		return r.take(err)
	}
	family, found, err := plan.Relate(ctx, inv.Images, r.reader.Asker())
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
		r.found.Add(r.reader.Alone([]*playbook.Playbook{book})...)
		return nil
	}
	secrets, err := r.reader.App.UnreadSecrets()
	if err != nil {
		return r.take(err)
	}
	books, o := []*playbook.Playbook{book}, plan.Options{Run: plan.RunInfo{ID: "preview", Secrets: secrets}, Facts: action.FactShape()}
	p, found := plan.New(r.site.Inventory, r.site.Family, books, o)
	r.found.Add(found...)
	if len(found.Errors()) > 0 {
		return nil
	}
	_, err = preflight.Prove(r.reader, site.Site{Inventory: r.site.Inventory, Family: r.site.Family, Books: books}, p)
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
	src, err := site.ReadRegular(path)
	if err == nil {
		r.told = append(r.told, path)
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
			if src, err := os.ReadFile(file); err == nil && !lint.IsPlaybook(file, src) {
				r.keep(file, src) // playbooks may stand beside an inventory, and are none of it
			}
		}
	}
}
