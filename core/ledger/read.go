package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/slipway-build/slipway/core/internal/filelock"
)

// The errors of opening a run.
var (
	ErrBusy       = errors.New("another process is at work on it")
	ErrUnknownRun = errors.New("there is no such run")
)

// A Summary is a run seen from outside.
type Summary struct {
	ID      string
	Begun   time.Time
	Info    Info
	Ended   time.Time // zero when it has not ended
	Last    time.Time // when it was begun, resumed or ended last
	Code    int       // the exit code, when it has
	Planned bool      // it came to its first task
	Busy    bool      // a process is at work on it
}

// Read returns the entries of a run in the order they were journaled, but for
// kinds of entries that this version does not know. The error is [ErrUnknownRun] when there is none of that id.
func (l *Ledger) Read(id string) ([]Entry, error) {
	if err := l.mustExist(id); err != nil {
		return nil, err
	}
	var entries []Entry
	err := readLines(journalPath(l.runDir(id)), func(line []byte) error {
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		switch e.things() {
		case 0: // of a kind that a later version knows
		case 1:
			entries = append(entries, e)
		default:
			return errNotOne
		}
		return nil
	})
	return entries, err
}

func (l *Ledger) mustExist(id string) error {
	if !validID(id) {
		return fmt.Errorf("opening run %q: %w", id, ErrUnknownRun)
	}
	_, err := os.Stat(l.runDir(id))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("opening run %q: %w", id, ErrUnknownRun)
	}
	return err
}

// Runs returns all runs, newest first.
func (l *Ledger) Runs() ([]Summary, error) {
	ids, err := l.ids()
	if err != nil {
		return nil, err
	}
	runs := make([]Summary, 0, len(ids))
	for i := range ids {
		s, err := l.Summary(ids[len(ids)-1-i])
		if err != nil {
			return nil, err
		}
		runs = append(runs, s)
	}
	return runs, nil
}

// Summary returns a run as it is now. The error is [ErrUnknownRun] when there is
// none of that id.
func (l *Ledger) Summary(id string) (Summary, error) {
	s := Summary{ID: id}
	if err := l.mustExist(id); err != nil {
		return s, err
	}
	g, err := l.gist(id)
	if err != nil {
		return s, err
	}
	s.Begun, s.Info, s.Planned, s.Ended, s.Last, s.Code = g.Begun, g.Info, g.Planned, g.Ended, g.Last, g.Code
	if !s.Ended.IsZero() {
		return s, nil
	}
	s.Busy, err = l.busy(id, s.Info.Process)
	return s, err
}

// Unfinished returns the runs, newest first, that neither ended nor have a
// process at work on them: those that resume takes up.
func (l *Ledger) Unfinished() ([]Summary, error) {
	runs, err := l.Runs()
	var left []Summary
	for _, r := range runs {
		if r.Ended.IsZero() && !r.Busy {
			left = append(left, r)
		}
	}
	return left, err
}

// busy asks the lock, and the process where the lock is free: a state
// directory on a file system without locks still tells the living.
func (l *Ledger) busy(id string, p Process) (bool, error) {
	lock, err := filelock.Try(lockPath(l.runDir(id)))
	if err != nil || lock == nil {
		return lock == nil && err == nil, err
	}
	if err := lock.Release(); err != nil {
		return false, err
	}
	if p.PID == 0 || p.PID == os.Getpid() {
		return false, nil // we hold no lock on it, so it is not ours any more
	}
	return p.Alive()
}
