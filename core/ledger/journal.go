package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// A journal is an append-only file of JSON lines that one process writes. Lines
// that are appended while others are on their way to the disk go there together:
// the next sync is theirs.
type journal struct {
	mu   sync.Mutex
	next *batch // takes lines; nil: the next line begins one

	writing sync.Mutex // guards what follows
	file    *os.File
	size    int64 // up to here the file is whole lines
	torn    bool  // bytes beyond size could not be cut off yet
}

// A batch is lines that are on disk together, or not at all.
type batch struct {
	lines []byte
	done  chan struct{} // closed when err is final
	err   error
}

// openJournal opens path for appending and cuts off a torn last line. The
// caller holds the lock that makes it the only writer.
func openJournal(path string, mode fs.FileMode) (*journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, mode)
	if err != nil {
		return nil, err
	}
	size, err := wholeLines(f)
	if err == nil {
		err = f.Truncate(size)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &journal{file: f, size: size}, nil
}

// wholeLines returns the length of f up to and with its last newline.
func wholeLines(f *os.File) (int64, error) {
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	buf := make([]byte, 4096)
	for end := st.Size(); end > 0; {
		start := max(0, end-int64(len(buf)))
		n, err := f.ReadAt(buf[:end-start], start)
		if err != nil && err != io.EOF {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}

// append writes v as one line and returns when it is on disk. On an error the
// file is as it was before, as far as readers are concerned.
func (j *journal) append(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	j.mu.Lock()
	b, first := j.next, j.next == nil
	if first {
		b = &batch{done: make(chan struct{})}
		j.next = b
	}
	b.lines = append(append(b.lines, line...), '\n')
	j.mu.Unlock()
	if first {
		j.commit(b)
	}
	<-b.done
	return b.err
}

// commit writes a batch when the one before it is on disk; until then others
// join it.
func (j *journal) commit(b *batch) {
	j.writing.Lock()
	defer j.writing.Unlock()
	j.mu.Lock()
	j.next = nil
	j.mu.Unlock()
	b.err = j.write(b.lines)
	close(b.done)
}

// write writes whole lines and syncs them.
func (j *journal) write(lines []byte) error {
	if j.torn {
		if err := j.cut(); err != nil {
			return err
		}
	}
	_, err := j.file.WriteAt(lines, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return errors.Join(err, j.cut())
	}
	j.size += int64(len(lines))
	return nil
}

// cut takes back what was written beyond the last whole line.
func (j *journal) cut() error {
	err := j.file.Truncate(j.size)
	j.torn = err != nil
	return err
}

func (j *journal) close() error {
	j.writing.Lock()
	defer j.writing.Unlock()
	return j.file.Close()
}

// readLines calls each with every whole line of the file at path. A file that
// is not there has no lines.
func readLines(path string, each func(line []byte) error) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = scanLines(f, 0, each)
	return err
}

// scanLines calls each with every whole line of f, starting at offset, and
// returns the offset after the last one.
func scanLines(f *os.File, offset int64, each func(line []byte) error) (int64, error) {
	data, err := io.ReadAll(io.NewSectionReader(f, offset, 1<<62))
	if err != nil {
		return offset, fmt.Errorf("reading %s: %w", f.Name(), err)
	}
	for n := 1; ; n++ {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			return offset, nil // what is left is torn
		}
		if err := each(data[:i]); err != nil {
			return offset, fmt.Errorf("reading %s: line %d, %d bytes in, is damaged: %w", f.Name(), n, offset, err)
		}
		data, offset = data[i+1:], offset+int64(i)+1
	}
}
