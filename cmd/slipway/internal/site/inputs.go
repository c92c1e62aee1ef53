package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/slipway-build/slipway/sdk/diag"
)

// inputs are files as a run read them: those of its playbooks, or those of its
// inventory and variables. A run keeps them, so that it can be resumed with what
// it began with, whatever became of the files meanwhile.
type inputs struct {
	mu    sync.Mutex
	files map[string]string // by path, as it was asked for
	past  map[string]string // when not nil, what the run read when it began
}

// Read reads a regular file: a pipe or a device might never end.
func (in *inputs) Read(path string) ([]byte, error) {
	return in.recall(path, func() ([]byte, error) { return ReadRegular(path) })
}

// Listing returns what a program of the inventory prints; run runs it, unless
// the run that goes on has it already.
func (in *inputs) Listing(path string, run func(path string) ([]byte, error)) ([]byte, error) {
	return in.recall(path+" --list", func() ([]byte, error) { return run(path) })
}

// recall returns an input as the run that goes on read it, else as it is now.
func (in *inputs) recall(path string, read func() ([]byte, error)) ([]byte, error) {
	in.mu.Lock()
	past := in.past
	in.mu.Unlock()
	if past != nil {
		text, ok := past[path]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		in.keep(path, text)
		return []byte(text), nil
	}
	src, err := read()
	if err == nil {
		in.keep(path, string(src))
	}
	return src, err
}

// ReadRegular reads a file; a folder, a pipe or a device is an error.
func ReadRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	}
	return os.ReadFile(path)
}

func (in *inputs) keep(path, text string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.files == nil {
		in.files = map[string]string{}
	}
	in.files[path] = text
}

// save writes the inputs into the folder of a run, for its user alone.
func (in *inputs) save(run, name string) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	raw, err := json.MarshalIndent(in.files, "", "  ")
	if err == nil {
		err = writeSynced(filepath.Join(run, name), raw)
	}
	if err != nil {
		return fmt.Errorf("keeping what the run goes by: %w", err)
	}
	return nil
}

// writeSynced writes a file that is there whole after a crash, or not at all.
func writeSynced(path string, data []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// load has the inputs be those of a run.
func (in *inputs) load(run, name string) error {
	raw, err := os.ReadFile(filepath.Join(run, name))
	if err != nil {
		return fmt.Errorf("reading what the run goes by: %w", err)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if err := json.Unmarshal(raw, &in.past); err != nil {
		return fmt.Errorf("reading what the run goes by: %s: %w", filepath.Join(run, name), err)
	}
	return nil
}

// gone tells of inputs of the run that nobody asked for again: their folders
// do not list them any more.
func (in *inputs) gone() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	var found diag.List
	for _, path := range slices.Sorted(maps.Keys(in.past)) {
		if _, read := in.files[path]; !read {
			found.Add(diag.Errorf("gone-since", diag.Pos{File: path}, "the run went by this file, which is not there any more").
				WithFix("put it back, or go on without it: slipway resume --replan"))
		}
	}
	return found.Err()
}
