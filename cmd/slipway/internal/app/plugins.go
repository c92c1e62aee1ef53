package app

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"

	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// lockFile is the project's file that says which plugins it trusts.
const lockFile = "slipway.lock"

// LockFile returns where the project says which plugins it trusts.
func (a *App) LockFile() (string, error) {
	root, err := a.Root()
	return filepath.Join(root, lockFile), err
}

// Plugins reads what the configuration, the project and the user say of
// plugins. Mistakes are the error.
func (a *App) Plugins() (catalog.Plugins, error) {
	return a.parts.plugins.get(func() (catalog.Plugins, error) {
		root, err := a.Root()
		if err != nil {
			return catalog.Plugins{}, err
		}
		settings, err := a.Config()
		if err != nil {
			return catalog.Plugins{}, err
		}
		project, found := catalog.ReadProject(settings.Section("plugins"))
		lock, ds := catalog.ReadLock(filepath.Join(root, lockFile))
		found.Add(ds...)
		p := catalog.Plugins{
			Root: root, Project: project, Lock: lock, Platform: runtime.GOOS + "/" + runtime.GOARCH, Environ: a.environ,
		}
		found.Add(a.keep(&p)...)
		return p, found.Err()
	})
}

// keep adds the user's store and overrides. Who names no plugins needs neither.
func (a *App) keep(p *catalog.Plugins) diag.List {
	if len(p.Project) == 0 {
		return nil
	}
	home, err := a.dataHome()
	if err != nil {
		return diag.List{diag.Errorf("plugin.store", diag.Pos{}, "%v", err)}
	}
	p.Store = catalog.NewStore(filepath.Join(home, "plugins"))
	if a.Flags.Locked {
		return nil
	}
	overrides, found := catalog.ReadOverrides(overridesFile(home))
	p.Overrides = overrides.Plugins
	return found
}

func overridesFile(home string) string { return filepath.Join(home, "plugins", "overrides.yml") }

// Overrides returns the user's overrides and the file they are in.
func (a *App) Overrides() (catalog.Overrides, string, error) {
	home, err := a.dataHome()
	if err != nil {
		return catalog.Overrides{}, "", err
	}
	o, found := catalog.ReadOverrides(overridesFile(home))
	return o, overridesFile(home), found.Err()
}

// Installer returns what brings the project's plugins into the user's store.
func (a *App) Installer(ctx context.Context) (*catalog.Installer, error) {
	plugins, err := a.Plugins()
	if err != nil {
		return nil, err
	}
	client, err := a.Registry(ctx, false)
	if err != nil {
		return nil, err
	}
	return &catalog.Installer{Plugins: plugins, Registry: client, Describe: a.describe}, nil
}

// describe asks a program what it is, whether or not it is locked yet.
func (a *App) describe(ctx context.Context, name string, program catalog.Program) (strategy.DescribeResponse, error) {
	c := catalog.New(catalog.Options{
		Installed: map[string]catalog.Program{name: program}, Env: pluginhost.Environment(a.environ),
		Host: strategy.Host{Version: Version}, Log: a.pluginLog,
	})
	about, err := c.Describe(ctx, name)
	return about, errors.Join(err, c.Close(context.WithoutCancel(ctx)))
}

// WriteLock writes the project's slipway.lock.
func (a *App) WriteLock(lock catalog.Lock) error {
	root, err := a.Root()
	if err != nil {
		return err
	}
	return lock.Write(filepath.Join(root, lockFile))
}
