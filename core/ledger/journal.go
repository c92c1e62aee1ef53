package ledger

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// A journal is a file of JSON lines that is only appended to.
type journal struct {
	mu   sync.Mutex
	file *os.File
	end  int64 // after the last whole line
}

// openJournal opens a journal for appending and cuts off a torn last line.
func openJournal(path string) (*journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening a journal: %w", err)
	}
	j := &journal{file: file}
	if err := j.mend(); err != nil {
		_ = file.Close()
		return nil, err
	}
	return j, syncDir(filepath.Dir(path))
}

// mend finds the end of the last whole line.
func (j *journal) mend() error {
	content, err := io.ReadAll(j.file)
	if err != nil {
		return fmt.Errorf("reading %s: %w", j.file.Name(), err)
	}
	j.end = int64(bytes.LastIndexByte(content, '\n') + 1)
	if err := j.file.Truncate(j.end); err != nil {
		return fmt.Errorf("mending %s: %w", j.file.Name(), err)
	}
	return nil
}

// append writes one line and returns when it is on disk. When it cannot be
// written whole, what there is of it is taken back.
func (j *journal) append(value any) error {
	line, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encoding an entry: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	n, err := j.file.WriteAt(append(line, '\n'), j.end)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		_ = j.file.Truncate(j.end)
		return fmt.Errorf("writing the journal: %w", err)
	}
	j.end += int64(n)
	return nil
}

func (j *journal) close() error { return j.file.Close() }

// readJournal returns the whole lines of a journal; a torn one is skipped.
func readJournal[T any](path string) ([]T, error) {
	file, err := os.Open(path) //nolint:gosec // a file of the ledger
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a journal: %w", err)
	}
	defer func() { _ = file.Close() }()
	var out []T
	r := bufio.NewReader(file)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return out, nil //nolint:nilerr // the end, or a torn line
		}
		var value T
		if json.Unmarshal(line, &value) == nil {
			out = append(out, value)
		}
	}
}

// syncDir makes sure that a file that was just made survives a crash.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // a folder of the ledger
	if err != nil {
		return fmt.Errorf("opening %s: %w", dir, err)
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}
