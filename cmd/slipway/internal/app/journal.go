package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// workDir is where the builds of a run have their folders.
func workDir(run string) string { return filepath.Join(run, "work") }

// sweepWork removes the folders that builds of killed runs left.
func sweepWork(l *ledger.Ledger) error {
	runs, err := l.Unfinished()
	if err != nil {
		return err
	}
	for _, r := range runs {
		if err := os.RemoveAll(workDir(filepath.Join(l.Dir(), "runs", r.ID))); err != nil {
			return fmt.Errorf("cleaning up after run %s: %w", r.ID, err)
		}
	}
	return nil
}

// buildDirs makes the folders of one build, below the run's own. The cache
// stays; its place does not depend on the run.
func (a *App) buildDirs(run *ledger.Run) func(image string) (strategy.Dirs, func(), error) {
	return func(image string) (strategy.Dirs, func(), error) {
		cache, err := a.State(strategyCache()...)
		if err != nil {
			return strategy.Dirs{}, nil, err
		}
		at := filepath.Join(workDir(run.Dir()), image)
		d := strategy.Dirs{Output: filepath.Join(at, "output"), Scratch: filepath.Join(at, "scratch"), Cache: cache}
		for _, dir := range []string{d.Output, d.Scratch, d.Cache} {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return d, nil, errors.Join(fmt.Errorf("making the folders of a build: %w", err), os.RemoveAll(at))
			}
		}
		return d, func() { _ = os.RemoveAll(at) }, nil
	}
}
