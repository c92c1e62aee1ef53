package catalog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
)

// stored is a program in a store.
type stored struct {
	name     string
	pos      diag.Pos // where the project names it
	store    Store
	digest   string
	identity string
	version  string
	environ  []string
}

// Identity implements [Program].
func (p *stored) Identity() (string, error) { return p.identity, nil }

// Version implements [Program].
func (p *stored) Version() string { return p.version }

// Stamp implements [Program]. What is not installed has said nothing.
func (p *stored) Stamp() string {
	if _, err := os.Stat(p.store.path(p.digest)); err != nil {
		return ""
	}
	return p.digest
}

// Open implements [Program]. It hashes the content each time. A program is then
// started through the open file, so that what was hashed is what runs.
func (p *stored) Open(ctx context.Context, c pluginhost.Command, o pluginhost.Options) (pluginhost.Plugin, error) {
	dir := p.store.path(p.digest)
	f, err := os.Open(filepath.Join(dir, storedFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return p.openTree(ctx, filepath.Join(dir, storedTree), c, o)
	case err != nil:
		return nil, fmt.Errorf("verifying plugin %s: %w", p.name, err)
	}
	defer f.Close()
	got, _, err := hashOpen(f)
	if err != nil {
		return nil, err
	}
	if got != p.digest {
		return nil, p.tampered(dir, got)
	}
	return start(ctx, pluginhost.Command{Path: openPath(f)}, c, o)
}

func (p *stored) openTree(ctx context.Context, dir string, c pluginhost.Command, o pluginhost.Options) (pluginhost.Plugin, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, diag.Errorf("plugin.missing", p.pos, "plugin %s is not installed", p.name).
			WithFix("run slipway plugin install")
	}
	got, err := hashTree(dir)
	if err != nil {
		return nil, err
	}
	if got != p.digest {
		return nil, p.tampered(filepath.Dir(dir), got)
	}
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	return start(ctx, m.start(dir, p.environ), c, o)
}

func (p *stored) tampered(dir, got string) diag.Diagnostic {
	return diag.Errorf("plugin.tampered", p.pos, "plugin %s was changed after it was installed: its SHA-256 is %s, not %s", p.name, got, p.digest).
		WithDetail("It was not started.").
		WithFix("find out who changed it; then remove %s and run slipway plugin install", dir)
}
