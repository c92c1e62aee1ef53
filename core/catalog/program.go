package catalog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
)

// A Program is a plugin that can be started.
type Program interface {
	// Prepare returns what starts the plugin, once it is known to be what it
	// should be. release must be called when it has been started.
	Prepare() (command pluginhost.Command, release func(), err error)
}

// Fixed is a program that is started as it stands, unverified.
type Fixed pluginhost.Command

// Prepare implements [Program].
func (f Fixed) Prepare() (pluginhost.Command, func(), error) {
	return pluginhost.Command(f), func() {}, nil
}

// unusable is a plugin that cannot be started, and why.
type unusable struct{ problem diag.Diagnostic }

// Prepare implements [Program].
func (u unusable) Prepare() (pluginhost.Command, func(), error) {
	return pluginhost.Command{}, nil, u.problem
}

// stored is a program in a store.
type stored struct {
	name    string
	store   Store
	digest  string
	environ []string
}

// Prepare implements [Program]. It hashes the content each time. A program is
// then started through the open file, so that what was hashed is what runs.
func (p *stored) Prepare() (pluginhost.Command, func(), error) {
	dir := p.store.path(p.digest)
	f, err := os.Open(filepath.Join(dir, storedFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return p.prepareTree(filepath.Join(dir, storedTree))
	case err != nil:
		return pluginhost.Command{}, nil, fmt.Errorf("verifying plugin %s: %w", p.name, err)
	}
	got, _, err := hashOpen(f)
	if err == nil && got != p.digest {
		err = p.tampered(dir, got)
	}
	if err != nil {
		return pluginhost.Command{}, nil, errors.Join(err, f.Close())
	}
	return pluginhost.Command{Path: openPath(f)}, func() { _ = f.Close() }, nil
}

func (p *stored) prepareTree(dir string) (pluginhost.Command, func(), error) {
	if _, err := os.Stat(dir); err != nil {
		return pluginhost.Command{}, nil, diag.Errorf("plugin.missing", diag.Pos{}, "plugin %s is not installed", p.name).
			WithFix("run slipway plugin install")
	}
	got, err := hashTree(dir)
	if err != nil {
		return pluginhost.Command{}, nil, err
	}
	if got != p.digest {
		return pluginhost.Command{}, nil, p.tampered(filepath.Dir(dir), got)
	}
	m, err := readManifest(dir)
	if err != nil {
		return pluginhost.Command{}, nil, err
	}
	return m.start(dir, p.environ), func() {}, nil
}

func (p *stored) tampered(dir, got string) diag.Diagnostic {
	return diag.Errorf("plugin.tampered", diag.Pos{}, "plugin %s was changed after it was installed: its SHA-256 is %s, not %s", p.name, got, p.digest).
		WithDetail("It was not started.").
		WithFix("find out who changed it; then remove %s and run slipway plugin install", dir)
}

// openPath is a path by which a child process can execute an open file, script
// or not, as long as we keep it open. Where there is none it is the file's own.
func openPath(f *os.File) string {
	path := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), f.Fd())
	if _, err := os.Stat(path); err != nil {
		return f.Name()
	}
	return path
}
