package app

import (
	"fmt"
	"os"
	"slices"

	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/diag"
)

// What is kept below the project's state so that it need not be found out
// again. Each can be taken away at any time, at no cost but time.

// factsCache holds facts of images by digest.
func factsCache() []string { return []string{"cache", "facts"} }

// filesCache holds hashes of files by their stat data.
func filesCache() []string { return []string{"cache", "files"} }

// strategyCache holds what strategies keep for their next build.
func strategyCache() []string { return []string{"cache", "strategy"} }

// answersCache holds what strategies said of their images, by the files they
// read.
func answersCache() []string { return []string{"cache", "answers"} }

// sourceCache holds sources that were fetched, and workspaces laid of them.
func sourceCache() []string { return []string{"cache", "source"} }

// flush forgets what is cached, when that is wanted. What strategies keep, and
// sources, stay while another run is at work, which may be reading them.
func (a *App) flush(wanted bool) error {
	if !wanted {
		return nil
	}
	caches := [][]string{answersCache(), factsCache(), filesCache()}
	busy, err := a.busy()
	if err != nil {
		return err
	}
	if busy {
		a.Warn(diag.Warningf("cache-in-use", diag.Pos{}, "another run is at work: sources, and what strategies have cached, are not flushed"))
	} else {
		caches = append(caches, sourceCache(), strategyCache())
	}
	for _, path := range caches {
		dir, err := a.State(path...)
		if err == nil {
			err = os.RemoveAll(dir)
		}
		if err != nil {
			return fmt.Errorf("flushing the cache: %w", err)
		}
	}
	return nil
}

// busy reports whether a run is at work in the project.
func (a *App) busy() (bool, error) {
	l, err := a.Ledger()
	if err != nil {
		return false, err
	}
	runs, err := l.Runs()
	return slices.ContainsFunc(runs, func(r ledger.Summary) bool { return r.Busy }), err
}
