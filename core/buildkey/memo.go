package buildkey

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/slipway-build/slipway/core/internal/wholefile"
)

const (
	// hashers is how many files one Read hashes at once: enough to keep a disk
	// busy, few enough to leave the processors to the builds.
	hashers = 4
	// racy is the coarsest clock of a file system in use. A file younger than
	// that when it is read may change again without its times changing.
	racy = 2 * time.Second
	// forget is how long an entry is kept that nobody asks for, and refresh how
	// old the note of its last use may be: a memo of which nothing but that
	// would change is not written again.
	forget  = 30 * 24 * time.Hour
	refresh = 24 * time.Hour
)

// A Memo remembers the digests of files by their stat data, so that an
// unchanged file is not read again. It is a cache: losing it costs time only.
// A nil *Memo remembers nothing. It is safe for concurrent use.
type Memo struct {
	path    string
	mu      sync.Mutex
	seen    map[identity]entry
	changed bool // since it was read or written
}

// An identity tells one state of a file from any other that is not younger
// than the reading.
type identity struct {
	Dev, Ino     uint64
	Size         int64
	Mtime, Ctime int64 // nanoseconds
}

type entry struct {
	Digest string
	Lines  int   // of a text
	Used   int64 // seconds
}

// line is how an entry is written.
type line struct {
	identity
	entry
}

// memoVersion is in the file; another one is an empty memo.
const memoVersion = 2

type memoFile struct {
	Version int
	Entries []line
}

// OpenMemo reads a memo. A file that does not exist or cannot be understood is
// an empty memo.
func OpenMemo(path string) (*Memo, error) {
	m := &Memo{path: path, seen: map[identity]entry{}}
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return m, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the memo of file hashes: %w", err)
	}
	var f memoFile
	if err := json.Unmarshal(b, &f); err == nil && f.Version == memoVersion {
		for _, l := range f.Entries {
			m.seen[l.identity] = l.entry
		}
	}
	return m, nil
}

// Save writes the memo, whole or not at all, when it has changed. What nobody asked for in thirty
// days is forgotten. Of several processes that save, the last one wins.
func (m *Memo) Save() error {
	f := memoFile{Version: memoVersion, Entries: []line{}}
	oldest := time.Now().Add(-forget).Unix()
	m.mu.Lock()
	if !m.changed {
		m.mu.Unlock()
		return nil
	}
	m.changed = false
	for id, e := range m.seen {
		if e.Used >= oldest {
			f.Entries = append(f.Entries, line{id, e})
		}
	}
	m.mu.Unlock()
	b, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("writing the memo of file hashes: %w", err)
	}
	if err := wholefile.Write(m.path, b, 0o600); err != nil {
		return fmt.Errorf("writing the memo of file hashes: %w", err)
	}
	return nil
}

// digest returns the digest of a regular file and the number of its lines,
// reading it only if need be.
func (m *Memo) digest(ctx context.Context, root *os.Root, p string) (string, int, error) {
	if err := ctx.Err(); err != nil {
		return "", 0, context.Cause(ctx)
	}
	f, err := root.Open(p)
	if err != nil {
		return "", 0, fmt.Errorf("hashing: %w", err)
	}
	defer f.Close()
	start := time.Now()
	before, err := identify(f)
	if err != nil {
		return "", 0, fmt.Errorf("hashing: %w", err)
	}
	if e, ok := m.recall(before, start); ok {
		return e.Digest, e.Lines, nil
	}
	h, lines := sha256.New(), new(lineCounter)
	if _, err := io.Copy(io.MultiWriter(h, lines), f); err != nil {
		return "", 0, fmt.Errorf("hashing: %w", err)
	}
	if after, err := identify(f); err != nil || after != before {
		return "", 0, fmt.Errorf("hashing %s: it changed while being read", p)
	}
	e := entry{"sha256:" + hex.EncodeToString(h.Sum(nil)), lines.count(), start.Unix()}
	m.remember(before, e, start)
	return e.Digest, e.Lines, nil
}

func (m *Memo) recall(id identity, now time.Time) (entry, bool) {
	if m == nil {
		return entry{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.seen[id]
	if ok && now.Sub(time.Unix(e.Used, 0)) > refresh {
		e.Used = now.Unix()
		m.seen[id], m.changed = e, true
	}
	return e, ok
}

// remember keeps a digest unless the file is as young as the reading: what
// git calls racy.
func (m *Memo) remember(id identity, e entry, read time.Time) {
	if m == nil || max(id.Mtime, id.Ctime) > read.Add(-racy).UnixNano() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[id], m.changed = e, true
}

func identify(f *os.File) (identity, error) {
	info, err := f.Stat()
	if err != nil {
		return identity{}, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identity{}, fmt.Errorf("%s has no stat data", f.Name())
	}
	return identity{st.Dev, st.Ino, st.Size, st.Mtim.Nano(), st.Ctim.Nano()}, nil
}
