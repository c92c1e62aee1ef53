package prune

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/source"
)

// oldCaches returns what of the caches nobody has used since.
func oldCaches(a *app.App, since time.Time) ([]string, error) {
	old, err := oldStrategies(a, since)
	if err != nil {
		return nil, err
	}
	dir, err := a.Cache(app.Sources)
	if err != nil {
		return nil, err
	}
	sources, err := source.Unused(dir, since)
	return append(old, sources...), err
}

// oldStrategies returns the folders below the strategies' cache in which
// nothing was written since.
func oldStrategies(a *app.App, since time.Time) ([]string, error) {
	dir, err := a.Cache(app.Strategies)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking at caches: %w", err)
	}
	var old []string
	for _, e := range entries {
		at := filepath.Join(dir, e.Name())
		newest, err := lastWrite(at)
		if err != nil {
			return nil, fmt.Errorf("looking at caches: %w", err)
		}
		if newest.Before(since) {
			old = append(old, at)
		}
	}
	return old, nil
}

// lastWrite is the newest time of change below a path.
func lastWrite(path string) (time.Time, error) {
	var newest time.Time
	err := filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return err
	})
	return newest, err
}
