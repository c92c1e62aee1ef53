package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A Run is the journal of a run that is going on.
type Run struct {
	id      string
	dir     string
	journal *journal
	lock    *os.File
}

// Begin opens the journal of a new run.
func (l *Ledger) Begin(info Info) (*Run, error) {
	id, err := newID(info.Started)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(l.dir, "runs", id)
	if err := os.MkdirAll(filepath.Join(dir, "logs"), 0o755); err != nil {
		return nil, fmt.Errorf("beginning a run: %w", err)
	}
	r := &Run{id: id, dir: dir}
	if r.lock, err = lockFile(filepath.Join(dir, "lock")); err != nil {
		return nil, err
	}
	if r.journal, err = openJournal(filepath.Join(dir, "journal.jsonl")); err != nil {
		return nil, errors.Join(err, r.lock.Close())
	}
	return r, r.Record(RunStarted, "", info)
}

// ID returns the run's identifier.
func (r *Run) ID() string { return r.id }

// Dir returns the run's folder.
func (r *Run) Dir() string { return r.dir }

// Record appends an entry and returns when it is on disk.
func (r *Run) Record(kind Kind, image string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encoding a %s: %w", kind, err)
	}
	return r.journal.append(Entry{Time: time.Now().UTC(), Run: r.id, Kind: kind, Image: image, Data: raw})
}

// Log opens the file that keeps the output of a step.
func (r *Run) Log(image, task string) (io.WriteCloser, string, error) {
	safe := strings.Map(func(c rune) rune {
		if strings.ContainsRune("/\\\x00 ", c) {
			return '-'
		}
		return c
	}, image+"-"+task)
	path := filepath.Join(r.dir, "logs", safe+".log")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, "", fmt.Errorf("keeping the output of %s: %w", image, err)
	}
	return file, path, nil
}

// End records how the run ended and closes its journal.
func (r *Run) End(code int) error {
	err := r.Record(RunEnded, "", Ending{Code: code})
	return errors.Join(err, r.journal.close(), r.lock.Close())
}

// Unfinished returns the runs that did not end and whose process is gone, the
// oldest first.
func (l *Ledger) Unfinished() ([]string, error) {
	ids, err := l.Runs()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range ids {
		entries, err := l.Read(id)
		if err != nil {
			return nil, err
		}
		ended := len(entries) > 0 && entries[len(entries)-1].Kind == RunEnded
		if !ended && l.gone(id) {
			out = append(out, id)
		}
	}
	return out, nil
}

// Close marks a run whose process is gone as ended, once it is cleaned up.
func (l *Ledger) Close(id string, code int) error {
	dir := filepath.Join(l.dir, "runs", id)
	lock, err := lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return err
	}
	j, err := openJournal(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		return errors.Join(err, lock.Close())
	}
	return (&Run{id: id, dir: dir, journal: j, lock: lock}).End(code)
}

// Continue opens the journal of a run whose process is gone, to add to it.
func (l *Ledger) Continue(id string) (*Run, error) {
	dir := filepath.Join(l.dir, "runs", id)
	lock, err := lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	j, err := openJournal(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Run{id: id, dir: dir, journal: j, lock: lock}, nil
}

// gone reports whether nobody holds the lock of a run: the kernel lets go of
// it when the process ends, however it ends.
func (l *Ledger) gone(id string) bool {
	lock, err := lockFile(filepath.Join(l.dir, "runs", id, "lock"))
	if err != nil {
		return false
	}
	_ = lock.Close()
	return true
}

// errLocked says that another process lives.
var errLocked = errors.New("another process of slipway is at it")

// lockFile takes a lock or says who has it. The lock goes with the file.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil { //nolint:gosec // a descriptor is a small number
		_ = file.Close()
		return nil, fmt.Errorf("locking %s: %w", path, errLocked)
	}
	return file, nil
}
