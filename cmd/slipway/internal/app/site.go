package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Site loads the inventory and relates its images. Warnings are shown; mistakes
// are the error.
func (a *App) Site(ctx context.Context, playbooks ...string) (*inventory.Inventory, *plan.Family, error) {
	if _, err := a.Plugins(); err != nil {
		return nil, nil, err
	}
	inv, found, err := a.Inventory(ctx, playbooks...)
	if err != nil {
		return nil, nil, err
	}
	family, ds, err := plan.Relate(ctx, inv.Images, a.asker())
	if err != nil {
		return nil, nil, err
	}
	found.Add(ds...)
	return inv, family, a.Heed(found)
}

// Inventory loads the inventory that -i names. Its programs end with ctx.
func (a *App) Inventory(ctx context.Context, playbooks ...string) (*inventory.Inventory, diag.List, error) {
	dir, more, err := a.sources()
	if err != nil {
		return nil, nil, err
	}
	settings, err := a.Config()
	if err != nil {
		return nil, nil, err
	}
	o, err := a.reading(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range playbooks {
		if at := filepath.Dir(p); at != dir && !slices.Contains(o.PlaybookDirs, at) {
			o.PlaybookDirs = append(o.PlaybookDirs, at)
		}
	}
	run := o.Program
	o.Sources, o.Read = more, a.parts.inputs.Read
	o.Program = func(path string) ([]byte, error) { return a.parts.inputs.Listing(path, run) }
	inv, found := inventory.Load(dir, o)
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	a.hidePasswords(inv)
	found = a.strict(found)
	if err := found.Err(); err != nil {
		return nil, nil, err
	}
	settle(settings, inv)
	return inv, found, nil
}

// reading says how an inventory is read, as it is and as it was.
func (a *App) reading(ctx context.Context) (inventory.Options, error) {
	extra, ds := a.extra()
	if err := ds.Err(); err != nil {
		return inventory.Options{}, err
	}
	settings, err := a.Config()
	if err != nil {
		return inventory.Options{}, err
	}
	return inventory.Options{
		Extra: extra, Isolation: settings.Text("isolation"),
		Program: func(path string) ([]byte, error) { return inventory.Programs{Env: a.environ}.Run(ctx, path) },
	}, nil
}

// sources are the folder that holds the inventory, which is the first one that
// -i names, else the project's, and what else -i names to be read beside it.
func (a *App) sources() (dir string, more []string, err error) {
	named := a.Flags.Inventory
	at := slices.IndexFunc(named, isFolder)
	if at < 0 && len(named) == 1 && !strings.Contains(named[0], ",") && !exists(named[0]) {
		at = 0 // what is wrong with it is told when it is loaded
	}
	if at < 0 {
		dir, err = a.inventoryDir()
		return dir, named, err
	}
	return named[at], slices.Concat(named[:at], named[at+1:]), nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// inventoryDir is the folder inventory of the project, else the project.
func (a *App) inventoryDir() (string, error) {
	root, err := a.Root()
	if err != nil {
		return "", err
	}
	if dir := filepath.Join(root, "inventory"); isFolder(dir) {
		return dir, nil
	}
	return root, nil
}

// extra reads -e: name=value (text), {JSON} or @file.
func (a *App) extra() ([]document.Node, diag.List) {
	var out []document.Node
	var found diag.List
	for _, arg := range a.Flags.Extra {
		n, ds := a.extraVars(arg)
		found.Add(ds...)
		out = append(out, n)
	}
	return out, found
}

// cause is what went wrong with a file, without its name.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

func (a *App) extraVars(arg string) (document.Node, diag.List) {
	const where = "--extra-vars"
	if file, ok := strings.CutPrefix(arg, "@"); ok {
		src, err := a.parts.inputs.Read(file)
		if err != nil {
			return document.Node{}, diag.List{diag.Errorf("unreadable", diag.Pos{File: file}, "the variables cannot be read: %s", cause(err)).
				WithFix("name a YAML or JSON file behind the @ of %s", where)}
		}
		return document.Parse(file, src)
	}
	if strings.HasPrefix(arg, "{") {
		return document.Parse(where, []byte(arg))
	}
	return pairs(arg, diag.Pos{File: where})
}

// pairs reads name=value, or several with blanks between them, as Ansible does.
// A word that Ansible would drop is a mistake.
func pairs(arg string, pos diag.Pos) (document.Node, diag.List) {
	values := map[string]any{}
	fix := "write name=value, {JSON} or @file"
	for _, word := range vars.Words(arg) {
		name, value, ok := vars.CutPair(word)
		if !ok {
			return document.Node{}, diag.List{diag.Errorf("extra-vars", pos, "%q is no variable", word).WithFix("%s", fix)}
		}
		values[name], fix = value, fmt.Sprintf("put quotes around a value with blanks: %s='%s …'", name, value)
	}
	return document.Of(values, pos), nil
}

// asker asks strategies what images depend on.
func (a *App) asker() plan.Asker {
	return func(ctx context.Context, image *inventory.Image, platform string) (strategy.PlanResponse, error) {
		session, err := a.Catalog().Session(image.Strategy)
		if err != nil {
			return unknownStrategy(image, err)
		}
		ask := func(r strategy.PlanRequest) (strategy.PlanResponse, error) {
			r.Config, r.Target, r.Args = image.Config, strategy.Target{Image: image.Name, Platform: platform}, image.Args
			return a.Catalog().Plan(ctx, image.Strategy, session, r)
		}
		if len(image.Layers) == 0 {
			return ask(strategy.PlanRequest{Workspace: image.Dir})
		}
		return a.sourced(ctx, image, ask)
	}
}

// unknownStrategy gives the catalog's diagnostic the place where the strategy
// is named.
func unknownStrategy(image *inventory.Image, err error) (strategy.PlanResponse, error) {
	ds := diag.Of(err)
	if ds == nil {
		return strategy.PlanResponse{}, err
	}
	for i := range ds {
		ds[i].Pos = image.StrategyPos()
	}
	return strategy.PlanResponse{Diagnostics: ds}, nil
}

// Catalog returns the strategies there are: the built-in ones and the project's
// plugins. What stands in the way of a plugin is told when it is started.
func (a *App) Catalog() *catalog.Catalog {
	c, _ := a.parts.catalog.get(func() (*catalog.Catalog, error) {
		plugins, _ := a.Plugins()
		programs, warnings := plugins.Programs()
		a.Warn(warnings...)
		c := catalog.New(catalog.Options{
			Builtins:    Builtins(),
			BuiltinArgs: func(name string) []string { return []string{pluginWord, name} },
			Installed:   programs,
			Answers:     a.answers(),
			Env:         pluginhost.Environment(a.environ),
			Host:        strategy.Host{Version: Version},
			Plugin:      pluginhost.Options{StallTimeout: a.Flags.Stall},
			Log:         a.pluginLog,
		})
		a.closeLater(func() error { return c.Close(context.Background()) })
		return c, nil
	})
	return c
}

// pluginLog shows what plugins complain about, and with -vvvv all that they say.
func (a *App) pluginLog(name string, level slog.Level, line string) {
	switch {
	case level >= slog.LevelWarn:
		a.Warn(diag.Warningf("plugin", diag.Pos{}, "strategy %s: %s", name, line))
	case a.Flags.Verbosity >= 4:
		_, _ = fmt.Fprintf(a.Streams.Err, "strategy %s: %s\n", name, line)
	}
}

// answerJSON writes an answer as JSON, indented, as people and jq like it.
func (a *App) answerJSON(v any) error {
	e := json.NewEncoder(a.Streams.Out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
