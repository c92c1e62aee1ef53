package deploy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ringBytes is how much each file of a ring holds.
const ringBytes = 32 << 20

// A ring keeps the end of what is written to it: the file of its path, and, in
// one with ".1" at the end of its name, what was in that when it was full.
// What was written before is forgotten.
type ring struct {
	path  string
	limit int64 // of a file; one write may exceed it
	file  *os.File
	size  int64 // of the file
	total int64 // of what was written
}

// openRing continues the ring of that path, or begins it.
func openRing(path string, limit int64) (*ring, error) {
	r := &ring{path: path, limit: limit}
	return r, r.open()
}

func (r *ring) open() (err error) {
	if r.file, err = os.OpenFile(r.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
		return err
	}
	info, err := r.file.Stat()
	if err != nil {
		return errors.Join(err, r.file.Close())
	}
	r.size = info.Size()
	return nil
}

// Write implements [io.Writer].
func (r *ring) Write(p []byte) (int, error) {
	if r.size >= r.limit {
		if err := errors.Join(r.file.Close(), os.Rename(r.path, older(r.path)), r.open()); err != nil {
			return 0, fmt.Errorf("beginning a new file: %w", err)
		}
	}
	n, err := r.file.Write(p)
	r.size += int64(n)
	r.total += int64(n)
	return n, err
}

// Close implements [io.Closer].
func (r *ring) Close() error { return r.file.Close() }

func older(path string) string { return path + ".1" }

// readRing returns what the ring of that path holds; nothing if there is none.
func readRing(path string) ([]byte, error) {
	var out []byte
	for _, file := range []string{older(path), path} {
		part, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}
