// Package ledger is the journal of runs: what was begun, what was done, what
// was left behind. Resume, history, rollback and the workstation's memory of
// builds read it.
//
// Everything lies under one state directory (".slipway"):
//
//	runs/<id>/journal.jsonl  one JSON object per line, see [Entry]
//	runs/<id>/end.json       what the journal comes to, once the run has ended
//	runs/<id>/withheld.jsonl what steps left that nobody may see, see [Withheld]
//	runs/<id>/lock           held by the process that writes the run
//	runs/<id>/logs/          what the steps printed
//	builds.jsonl             what was built, see [Builds]
//	bases.jsonl              what images of others were seen, see [Sightings]
//	locks/                   named locks between processes, see [Ledger.Lock]
//
// Defaults, and why:
//   - Each entry is synced to disk before [Run.Record] returns: what follows
//     an entry (a push, a promotion) may rely on it after kill -9.
//   - A line counts only with its newline. A torn last line is a write that
//     nobody was told had succeeded: readers ignore it, the next writer cuts
//     it off. A broken line anywhere else is damage, and an error.
//   - A failed append (a full disk) is cut off again at once and its error
//     returned, so that a later append never continues half a line.
//   - A run is over when it says so, and abandoned when it does not and
//     nobody holds its lock: the kernel drops a lock with its process.
package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A Ledger is the state directory of one project. Its methods may be called
// by many goroutines, and many processes may have one directory open.
type Ledger struct {
	dir string
}

// Open opens the ledger in stateDir. The directory is made when something is
// written down: whoever only looks at a project leaves it as it is.
func Open(stateDir string) (*Ledger, error) {
	dir, err := filepath.Abs(stateDir)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	return &Ledger{dir: dir}, nil
}

// Dir returns the absolute path of the state directory.
func (l *Ledger) Dir() string { return l.dir }

func (l *Ledger) runsDir() string  { return filepath.Join(l.dir, "runs") }
func (l *Ledger) locksDir() string { return filepath.Join(l.dir, "locks") }

func (l *Ledger) runDir(id string) string { return filepath.Join(l.runsDir(), id) }

// ids returns the ids of all runs, oldest first.
func (l *Ledger) ids() ([]string, error) {
	dirs, err := os.ReadDir(l.runsDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("listing runs: %w", err)
	}
	var ids []string
	for _, d := range dirs {
		if d.IsDir() && validID(d.Name()) {
			ids = append(ids, d.Name())
		}
	}
	slices.Sort(ids)
	return ids, nil
}
