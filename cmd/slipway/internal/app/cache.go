package app

import (
	"fmt"
	"os"
	"slices"

	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Cache is something kept below the project's state so that it need not be
// found out again. Each can be taken away at any time, at no cost but time.
type Cache string

// The caches, by the name of their folder or file.
const (
	Facts      Cache = "facts"    // of images, by digest
	FileHashes Cache = "files"    // by the stat data of files
	Strategies Cache = "strategy" // what strategies keep for their next build
	Answers    Cache = "answers"  // what strategies said of their images, by the files they read
	Sources    Cache = "source"   // sources that were fetched, and workspaces laid of them
)

// Cache returns where a cache is. It need not exist yet.
func (a *App) Cache(c Cache) (string, error) { return a.State("cache", string(c)) }

// rememberLater has a cache written when the invocation ends. One that cannot be is no
// failure: what is in it is found out again, and a project that is somebody
// else's, or read-only, can be looked at.
func (a *App) rememberLater(save func() error) {
	a.CloseLater(func() error {
		if err := save(); err != nil {
			a.Warn(diag.Warningf("cache-not-kept", diag.Pos{}, "%v", err).WithFix("nothing is lost but time: it is found out again"))
		}
		return nil
	})
}

// FlushCaches forgets what is cached. What strategies keep, and sources, stay
// while another run is at work, which may be reading them.
func (a *App) FlushCaches() error {
	caches := []Cache{Answers, Facts, FileHashes}
	busy, err := a.Busy()
	if err != nil {
		return err
	}
	if busy {
		a.Warn(diag.Warningf("cache-in-use", diag.Pos{}, "another run is at work: sources, and what strategies have cached, are not flushed"))
	} else {
		caches = append(caches, Sources, Strategies)
	}
	for _, c := range caches {
		dir, err := a.Cache(c)
		if err == nil {
			err = os.RemoveAll(dir)
		}
		if err != nil {
			return fmt.Errorf("flushing the cache: %w", err)
		}
	}
	return nil
}

// Busy reports whether a run is at work in the project.
func (a *App) Busy() (bool, error) {
	l, err := a.Ledger()
	if err != nil {
		return false, err
	}
	runs, err := l.Runs()
	return slices.ContainsFunc(runs, func(r ledger.Summary) bool { return r.Busy }), err
}
