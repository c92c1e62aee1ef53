package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/internal/filelock"
)

// Keep says which runs are kept: the newest ones, and those that ended since.
type Keep struct {
	Newest int
	Since  time.Time
}

// A Pruned run is one of which something was removed.
type Pruned struct {
	ID    string `json:"id"`
	Whole bool   `json:"whole"` // false: its journal is left, for a rollback may need it
}

// Prune removes runs that are neither among the newest nor ended since. One
// that has not ended, or has left a promotion open, is never touched. Of one
// that promoted the journal stays, which history and rollback read: its logs
// and inputs go.
func (l *Ledger) Prune(k Keep, dry bool) ([]Pruned, error) {
	ids, gists, err := l.gists()
	if err != nil {
		return nil, err
	}
	var pruned []Pruned
	for i, g := range gists {
		if len(ids)-i <= k.Newest || g.Ended.IsZero() || g.Ended.After(k.Since) || len(g.Open) > 0 {
			continue
		}
		done, err := l.prune(ids[i], !g.Promoted, dry)
		if err != nil {
			return pruned, fmt.Errorf("pruning run %s: %w", ids[i], err)
		}
		if done {
			pruned = append(pruned, Pruned{ID: ids[i], Whole: !g.Promoted})
		}
	}
	if dry {
		return pruned, nil
	}
	return pruned, l.sweepGone()
}

// prune removes a run that nobody is at work on, whole or but for its journal,
// and reports whether there was anything to remove.
func (l *Ledger) prune(id string, whole, dry bool) (bool, error) {
	dir := l.runDir(id)
	lock, err := filelock.Try(lockPath(dir))
	if err != nil || lock == nil {
		return false, err
	}
	defer lock.Release() //nolint:errcheck // the file is closed either way
	if whole {
		if dry {
			return true, nil
		}
		return true, os.Rename(dir, filepath.Join(l.runsDir(), gonePrefix+id))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	some := false
	for _, e := range entries {
		at := filepath.Join(dir, e.Name())
		if at == journalPath(dir) || at == lockPath(dir) || at == gistPath(dir) {
			continue
		}
		some = true
		if !dry {
			err = errors.Join(err, os.RemoveAll(at))
		}
	}
	return some, err
}

// gonePrefix marks the folder of a run that is being removed: killed in the
// middle of it, nobody takes what is left for a run.
const gonePrefix = ".gone-"

func (l *Ledger) sweepGone() error {
	entries, err := os.ReadDir(l.runsDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), gonePrefix) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(l.runsDir(), e.Name())))
		}
	}
	return err
}
