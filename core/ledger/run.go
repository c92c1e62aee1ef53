package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/internal/filelock"
)

// maxLogName leaves room for a hash and a suffix in a file name of 255 bytes.
const maxLogName = 200

// A Run is a run that this process writes. Its methods may be called by many
// goroutines.
type Run struct {
	id   string
	dir  string
	lock *filelock.Lock

	mu       sync.Mutex
	journal  *journal // nil once ended or closed
	withheld *journal // nil until something is withheld
	gist     gist     // of all that is in the journal
}

// Begin starts a run: it makes the run's directory, takes its lock and
// journals info.
func (l *Ledger) Begin(info Info) (*Run, error) {
	if info.Process == (Process{}) {
		self, err := Self()
		if err != nil {
			return nil, fmt.Errorf("beginning a run: %w", err)
		}
		info.Process = self
	}
	id := newID(time.Now())
	if err := os.MkdirAll(filepath.Join(l.runDir(id), "logs"), 0o755); err != nil {
		return nil, fmt.Errorf("beginning a run: %w", err)
	}
	lock, err := l.lockRun(id)
	if err != nil {
		return nil, err
	}
	return l.write(id, lock, gist{}, Entry{Begun: &info})
}

// Resume takes up a run that did not end, or ended badly. May is given its
// entries, which nobody else adds to any more, before anything is written, and
// may object. The error is [ErrBusy] when another process has the
// run, [ErrUnknownRun] when there is none of that id.
func (l *Ledger) Resume(id string, may func([]Entry) error) (*Run, error) {
	if err := l.mustExist(id); err != nil {
		return nil, err
	}
	self, err := Self()
	if err != nil {
		return nil, fmt.Errorf("resuming run %s: %w", id, err)
	}
	lock, err := l.lockRun(id)
	if err != nil {
		return nil, err
	}
	entries, err := l.Read(id)
	if err == nil {
		err = may(entries)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return l.write(id, lock, gistOf(entries), Entry{Resumed: &self})
}

// lockRun makes this process the only writer of a run.
func (l *Ledger) lockRun(id string) (*filelock.Lock, error) {
	lock, err := filelock.Try(lockPath(l.runDir(id)))
	if err != nil {
		return nil, fmt.Errorf("opening run %s: %w", id, err)
	}
	if lock == nil {
		return nil, fmt.Errorf("opening run %s: %w", id, ErrBusy)
	}
	return lock, nil
}

// write opens run id, which is locked, for writing and journals its first entry.
// g is what the journal comes to so far.
func (l *Ledger) write(id string, lock *filelock.Lock, g gist, first Entry) (*Run, error) {
	dir := l.runDir(id)
	j, err := openJournal(journalPath(dir), 0o644)
	if err == nil {
		err = forgetGist(dir)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening run %s: %w", id, err), lock.Release())
	}
	r := &Run{id: id, dir: dir, lock: lock, journal: j, gist: g}
	if err := errors.Join(r.Record(first), syncDirs(dir)); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// syncDirs makes the names of a new run survive a crash, as its entries do.
func syncDirs(dir string) error {
	for _, d := range []string{dir, filepath.Dir(dir)} {
		f, err := os.Open(d)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// ID returns the run's id: its time in UTC, which sorts as text, and six
// random digits.
func (r *Run) ID() string { return r.id }

// Dir returns the absolute path of the run's directory.
func (r *Run) Dir() string { return r.dir }

// LogPath returns where the output of a step on an image belongs. The folder
// is there, the file is the caller's to make. Different pairs have different
// paths, whatever characters they hold.
func (r *Run) LogPath(image, step string) string {
	name := url.PathEscape(image) + "," + url.PathEscape(step) // neither part holds a comma now
	if len(name) > maxLogName {
		sum := sha256.Sum256([]byte(name))
		name = name[:maxLogName] + "," + hex.EncodeToString(sum[:8])
	}
	return filepath.Join(r.dir, "logs", name+".log")
}

// Record journals e and returns when it is on disk. Entries that are recorded at
// one time share the way there. After an error the journal is as it was before;
// the caller must not go on with what e was to vouch for.
func (r *Run) Record(e Entry) error {
	if e.things() != 1 {
		return errNotOne
	}
	r.mu.Lock()
	j := r.journal
	r.mu.Unlock()
	if j == nil {
		return fmt.Errorf("journaling run %s: %w", r.id, os.ErrClosed)
	}
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	e.Time = e.Time.UTC()
	if err := j.append(e); err != nil {
		return fmt.Errorf("journaling run %s: %w", r.id, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gist.add(e)
	return nil
}

// End journals the exit code and closes the run. What it withheld is removed when
// the code is 0.
func (r *Run) End(code int) error {
	if err := r.Record(Entry{Ended: &End{Code: code}}); err != nil {
		return errors.Join(err, r.Close())
	}
	return errors.Join(r.leave(), r.Close())
}

func (r *Run) leave() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.gist.leave(r.dir)
	if r.gist.Code == 0 {
		err = errors.Join(err, forgetWithheld(r.dir))
	}
	if err != nil {
		return fmt.Errorf("ending run %s: %w", r.id, err)
	}
	return nil
}

// Close lets go of the run without ending it, so that it can be resumed. A
// second Close does nothing.
func (r *Run) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.journal == nil {
		return nil
	}
	err := r.journal.close()
	if r.withheld != nil {
		err = errors.Join(err, r.withheld.close())
	}
	err = errors.Join(err, r.lock.Release())
	r.journal = nil
	return err
}

func journalPath(dir string) string { return filepath.Join(dir, "journal.jsonl") }
func lockPath(dir string) string    { return filepath.Join(dir, "lock") }
