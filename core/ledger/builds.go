package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// A Build is a build that succeeded. Failures have no place here: a memory of
// a failure would repeat it.
type Build struct {
	Key      string          `json:"key"`
	Image    string          `json:"image"`
	Platform string          `json:"platform,omitempty"`
	ImageID  string          `json:"imageID"`
	Digest   string          `json:"digest,omitempty"`
	Facts    json.RawMessage `json:"facts,omitempty"`
}

// Builds is the workstation's memory of what was built, by build key. It is
// shared by all processes that have the state directory open: what one
// remembers, the others see at their next question.
type Builds struct {
	ledger *Ledger
	path   string

	mu     sync.Mutex
	known  map[string]Build
	last   map[string]Build // image and platform → its newest build
	offset int64            // known holds the file up to here
	file   *os.File         // what was read; held open, since a freed inode may come back as another file
}

// Builds opens the memory of builds and compacts its file when most of its
// lines are outdated.
func (l *Ledger) Builds(ctx context.Context) (*Builds, error) {
	b := &Builds{ledger: l, path: filepath.Join(l.dir, "builds.jsonl")}
	lock, err := l.Lock(ctx, "builds")
	if err != nil {
		return nil, err
	}
	err = b.compact()
	return b, errors.Join(err, lock.Release())
}

// Recall returns the memory of builds in stateDir for reading alone: nothing is
// made, compacted or locked, and a directory that does not exist holds none.
func Recall(stateDir string) *Builds {
	return &Builds{ledger: &Ledger{dir: stateDir}, path: filepath.Join(stateDir, "builds.jsonl")}
}

// Built returns the build that was remembered last under key.
func (b *Builds) Built(key string) (Build, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.refresh(); err != nil {
		return Build{}, false, err
	}
	build, ok := b.known[key]
	return build, ok, nil
}

// Last returns the build of an image for a platform that was remembered last.
func (b *Builds) Last(image, platform string) (Build, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.refresh(); err != nil {
		return Build{}, false, err
	}
	build, ok := b.last[image+" "+platform]
	return build, ok, nil
}

// Newest returns the build of each image for each platform that was remembered
// last, in no order.
func (b *Builds) Newest() ([]Build, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, err := b.refresh()
	return slices.Collect(maps.Values(b.last)), err
}

// Made returns a build of an image that came out as imageID.
func (b *Builds) Made(image, imageID string) (Build, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.refresh(); err != nil {
		return Build{}, false, err
	}
	for _, key := range slices.Sorted(maps.Keys(b.known)) {
		if build := b.known[key]; build.Image == image && build.ImageID == imageID {
			return build, true, nil
		}
	}
	return Build{}, false, nil
}

// forget makes the next refresh read the whole of a file.
func (b *Builds) forget() {
	b.known, b.last, b.offset = map[string]Build{}, map[string]Build{}, 0
}

// Remember adds a build and returns when it is on disk.
func (b *Builds) Remember(ctx context.Context, build Build) error {
	if build.Key == "" || build.ImageID == "" {
		return fmt.Errorf("remembering a build of %q: it has no key or no image ID", build.Image)
	}
	lock, err := b.ledger.Lock(ctx, "builds")
	if err != nil {
		return err
	}
	err = appendOnce(b.path, build)
	if err != nil {
		err = fmt.Errorf("remembering the build of %s: %w", build.Image, err)
	}
	return errors.Join(err, lock.Release())
}

func appendOnce(path string, v any) error {
	j, err := openJournal(path, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(j.append(v), j.close())
}

// refresh reads what was appended since the last time, or everything when
// the file is another one, and returns the number of lines read.
func (b *Builds) refresh() (int, error) {
	st, err := os.Stat(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		b.forget()
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if same, err := b.reads(st); err != nil {
		return 0, err
	} else if !same || st.Size() < b.offset {
		if err := b.startOver(); err != nil {
			return 0, err
		}
	}
	return b.readOn()
}

// reads says whether st is the file that was read so far.
func (b *Builds) reads(st os.FileInfo) (bool, error) {
	if b.file == nil {
		return false, nil
	}
	mine, err := b.file.Stat()
	return err == nil && os.SameFile(mine, st), err
}

// startOver forgets everything and opens the file that is there now.
func (b *Builds) startOver() error {
	f, err := os.Open(b.path)
	if err != nil {
		return err
	}
	err = b.closeFile()
	b.forget()
	b.file = f
	return err
}

// Close gives back what the memory holds open. Nothing that was remembered
// depends on it.
func (b *Builds) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closeFile()
}

func (b *Builds) closeFile() error {
	if b.file == nil {
		return nil
	}
	err := b.file.Close()
	b.file = nil
	return err
}

func (b *Builds) readOn() (lines int, err error) {
	b.offset, err = scanLines(b.file, b.offset, func(line []byte) error {
		var build Build
		if err := json.Unmarshal(line, &build); err != nil {
			return err
		}
		b.known[build.Key] = build
		b.last[build.Image+" "+build.Platform] = build
		lines++
		return nil
	})
	return lines, err
}

// compact rewrites the file when less than half of its lines are current. The
// caller holds the lock.
func (b *Builds) compact() error {
	lines, err := b.refresh()
	if err != nil || lines < 2*len(b.known)+1 {
		return err
	}
	if err := b.replace(); err != nil {
		return fmt.Errorf("compacting %s: %w", b.path, err)
	}
	_, err = b.refresh()
	return err
}

// replace puts a file of the known builds in the place of the old one, or
// leaves the old one as it is.
func (b *Builds) replace() error {
	tmp := b.path + ".tmp"
	if err := b.writeAll(tmp); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return os.Rename(tmp, b.path)
}

func (b *Builds) writeAll(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(f)
	for _, key := range b.inOrder() {
		if err := enc.Encode(b.known[key]); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return errors.Join(f.Sync(), f.Close())
}

// inOrder returns the known keys, those of newest builds after all others, so
// that they stay the newest in a compacted file.
func (b *Builds) inOrder() []string {
	newest := func(key string) int {
		build := b.known[key]
		if b.last[build.Image+" "+build.Platform].Key == key {
			return 1
		}
		return 0
	}
	keys := slices.Sorted(maps.Keys(b.known))
	slices.SortStableFunc(keys, func(x, y string) int { return newest(x) - newest(y) })
	return keys
}
