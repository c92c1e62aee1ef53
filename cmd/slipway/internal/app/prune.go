package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/source"
)

// A PruneRequest is what `slipway prune` asks for.
type PruneRequest struct {
	Keep      int           // so many runs are kept, however old
	OlderThan time.Duration // younger ones are kept, however many
	DryRun    bool
}

// Pruned is what was removed, or would be.
type Pruned struct {
	Runs   []ledger.Pruned `json:"runs"`
	Caches []string        `json:"caches"` // folders and files
}

// Prune removes old runs, and caches of strategies and sources that nobody has
// used since.
func (a *App) Prune(req PruneRequest) (Pruned, error) {
	out := Pruned{Runs: []ledger.Pruned{}, Caches: []string{}}
	l, err := a.Ledger()
	if err != nil {
		return out, err
	}
	since := time.Now().Add(-req.OlderThan)
	runs, err := l.Prune(ledger.Keep{Newest: req.Keep, Since: since}, req.DryRun)
	if err != nil {
		return out, err
	}
	out.Runs = append(out.Runs, runs...)
	if busy, err := a.busy(); err != nil || busy {
		return out, err // whoever is at work may use a cache
	}
	caches, err := a.oldCaches(since)
	if err != nil {
		return out, err
	}
	out.Caches = append(out.Caches, caches...)
	for _, dir := range caches {
		if !req.DryRun {
			err = errors.Join(err, source.Discard(dir))
		}
	}
	return out, err
}

// oldCaches returns what of the caches nobody has used since.
func (a *App) oldCaches(since time.Time) ([]string, error) {
	old, err := a.oldStrategies(since)
	if err != nil {
		return nil, err
	}
	dir, err := a.State(sourceCache()...)
	if err != nil {
		return nil, err
	}
	sources, err := source.Unused(dir, since)
	return append(old, sources...), err
}

// oldStrategies returns the folders below the strategies' cache in which
// nothing was written since.
func (a *App) oldStrategies(since time.Time) ([]string, error) {
	dir, err := a.State(strategyCache()...)
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
