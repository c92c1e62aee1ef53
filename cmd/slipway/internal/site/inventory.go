package site

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/config"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Inventory loads the inventory that -i names. Its programs end with ctx.
func (r *Reader) Inventory(ctx context.Context, playbooks ...string) (*inventory.Inventory, diag.List, error) {
	r.playbooks = playbooks
	settings, err := r.App.Config()
	if err != nil {
		return nil, nil, err
	}
	inv, found, err := r.load(ctx)
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if err != nil {
		return nil, nil, err
	}
	r.hidePasswords(inv)
	found = r.App.Strictly(found)
	if err := found.Err(); err != nil {
		return nil, nil, err
	}
	settle(settings, inv)
	return inv, found, nil
}

// load reads the inventory, as it is or as it was.
func (r *Reader) load(ctx context.Context) (*inventory.Inventory, diag.List, error) {
	dir, more, err := r.Sources()
	if err != nil {
		return nil, nil, err
	}
	o, err := r.reading(ctx)
	if err != nil {
		return nil, nil, err
	}
	o.Sources = r.past.all(more)
	for _, p := range r.playbooks {
		if at := filepath.Dir(p); at != dir && !slices.Contains(o.PlaybookDirs, at) {
			o.PlaybookDirs = append(o.PlaybookDirs, at)
		}
	}
	o.PlaybookDirs = r.past.all(o.PlaybookDirs)
	if dir = r.past.at(dir); dir == "" {
		return nil, nil, fs.ErrNotExist
	}
	inv, found := inventory.Load(dir, o)
	return inv, found, nil
}

// reading says how an inventory is read.
func (r *Reader) reading(ctx context.Context) (inventory.Options, error) {
	extra, ds := r.extra()
	if err := ds.Err(); err != nil {
		return inventory.Options{}, err
	}
	settings, err := r.App.Config()
	if err != nil {
		return inventory.Options{}, err
	}
	run := inventory.Programs{Env: r.App.Environ()}.Run
	return inventory.Options{
		Extra: extra, Isolation: settings.Text("isolation"), Read: r.inventory.Read,
		Program: func(path string) ([]byte, error) {
			return r.inventory.Listing(path, func(path string) ([]byte, error) { return run(ctx, path) })
		},
	}, nil
}

// Sources are the folder that holds the inventory, which is the first one that
// -i names, else the project's, and what else -i names to be read beside it.
func (r *Reader) Sources() (dir string, more []string, err error) {
	named := r.App.Flags.Inventory
	at := slices.IndexFunc(named, isFolder)
	if at < 0 && len(named) == 1 && !strings.Contains(named[0], ",") && !exists(named[0]) {
		at = 0 // what is wrong with it is told when it is loaded
	}
	if at < 0 {
		dir, err = r.inventoryDir()
		return dir, named, err
	}
	return named[at], slices.Concat(named[:at], named[at+1:]), nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// inventoryDir is the folder inventory of the project, else the project.
func (r *Reader) inventoryDir() (string, error) {
	root, err := r.App.Root()
	if err != nil {
		return "", err
	}
	if dir := filepath.Join(root, "inventory"); isFolder(dir) {
		return dir, nil
	}
	return root, nil
}

// cause is what went wrong with a file, without its name.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// settle has the inventory heed the settings that are about images: a floor
// below which no image.yml can go.
func settle(settings *config.Config, inv *inventory.Inventory) {
	for _, image := range inv.Images {
		image.Gate.MinScenarios = max(image.Gate.MinScenarios, settings.Number("gate.min_scenarios"))
	}
}
