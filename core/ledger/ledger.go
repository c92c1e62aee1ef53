// Package ledger is the journal of runs: what was done, and what was begun and
// not ended, also when the process that did it is gone.
//
// Everything is kept below one folder, the project's .slipway:
//
//	runs/<id>/journal.jsonl   one entry per line, each synced to disk before
//	                          the next thing happens
//	runs/<id>/lock            held by the process of the run while it lives
//	runs/<id>/logs/           the whole output of every step
//	builds.jsonl              what this workstation has built
//
// Journals are only appended to. A line that a crash or a full disk tore is
// cut off by the next writer and skipped by readers. Identifiers of runs sort
// by time.
package ledger

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A Ledger is the journal of one project. It is safe for concurrent use, also
// by several processes.
type Ledger struct {
	dir    string
	builds *builds
}

// Open returns the ledger in a folder, which is made when it is missing.
func Open(dir string) (*Ledger, error) {
	if err := os.MkdirAll(filepath.Join(dir, "runs"), 0o755); err != nil {
		return nil, fmt.Errorf("making the ledger: %w", err)
	}
	b, err := openBuilds(filepath.Join(dir, "builds.jsonl"))
	if err != nil {
		return nil, err
	}
	return &Ledger{dir: dir, builds: b}, nil
}

// Dir returns the ledger's folder.
func (l *Ledger) Dir() string { return l.dir }

// newID returns an identifier that sorts by time: 20261121T101500Z-3f9c.
func newID(now time.Time) (string, error) {
	var random [3]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", fmt.Errorf("drawing a run's identifier: %w", err)
	}
	return now.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(random[:]), nil
}

// Runs returns the identifiers of all runs, the newest last.
func (l *Ledger) Runs() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(l.dir, "runs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("listing runs: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() {
			ids = append(ids, e.Name())
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Read returns the entries of a run.
func (l *Ledger) Read(id string) ([]Entry, error) {
	return readJournal[Entry](filepath.Join(l.dir, "runs", id, "journal.jsonl"))
}

// History returns every entry of some kinds of all runs, the oldest first.
func (l *Ledger) History(kinds ...Kind) ([]Entry, error) {
	ids, err := l.Runs()
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, id := range ids {
		entries, err := l.Read(id)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if slices.Contains(kinds, e.Kind) {
				out = append(out, e)
			}
		}
	}
	return out, nil
}
