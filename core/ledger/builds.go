package ledger

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/slipway-build/slipway/core/buildkey"
)

// A Build is a build that succeeded on this workstation.
type Build struct {
	Key      string         `json:"key"`
	Image    string         `json:"image"`
	Platform string         `json:"platform"`
	ImageID  string         `json:"image_id"` // "sha256:…"
	Run      string         `json:"run"`
	Facts    buildkey.Facts `json:"facts"` // what went into it, to tell later what has changed
}

// builds is the memory of builds: a journal, read whole at the start.
type builds struct {
	path string

	mu    sync.Mutex
	byKey map[string]Build
	last  map[string]Build // image and platform → its newest build
}

func openBuilds(path string) (*builds, error) {
	b := &builds{path: path, byKey: map[string]Build{}, last: map[string]Build{}}
	all, err := readJournal[Build](path)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		b.add(one)
	}
	return b, nil
}

func (b *builds) add(one Build) {
	b.byKey[one.Key] = one
	b.last[one.Image+" "+one.Platform] = one
}

// Built returns the build of a key.
func (l *Ledger) Built(key string) (Build, bool) {
	l.builds.mu.Lock()
	defer l.builds.mu.Unlock()
	b, ok := l.builds.byKey[key]
	return b, ok
}

// Last returns the newest build of an image for a platform.
func (l *Ledger) Last(image, platform string) (Build, bool) {
	l.builds.mu.Lock()
	defer l.builds.mu.Unlock()
	b, ok := l.builds.last[image+" "+platform]
	return b, ok
}

// Remember keeps a build that succeeded and returns when it is on disk.
func (l *Ledger) Remember(one Build) error {
	l.builds.mu.Lock()
	defer l.builds.mu.Unlock()
	// Other processes append to the same file: one at a time, each from its end.
	lock, err := os.OpenFile(l.builds.path+".lock", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("remembering a build: %w", err)
	}
	defer func() { _ = lock.Close() }()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil { //nolint:gosec // a descriptor is a small number
		return fmt.Errorf("remembering a build: %w", err)
	}
	j, err := openJournal(l.builds.path)
	if err != nil {
		return err
	}
	defer func() { _ = j.close() }()
	if err := j.append(one); err != nil {
		return err
	}
	l.builds.add(one)
	return nil
}
