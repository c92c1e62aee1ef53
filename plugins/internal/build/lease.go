package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/sys/unix"
)

// A lease says that a build is alive: a locked file in the storage. The kernel
// drops the lock with the last process that holds it, whatever ends it and in
// whatever PID namespace, so no lease outlives its build.
type lease struct {
	path string
	file *os.File
}

func leaseDir(root string) string { return filepath.Join(root, "slipway-builds") }

var plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,100}$`)

// takeLease locks the lease of a build that is about to begin. It has its name
// only when it is locked: a sweep that found it unlocked, for the moment in
// between, would take the build for dead. One whose build is dead is taken
// over; if it is swept away meanwhile, it is made again.
func takeLease(root, id string) (*lease, error) {
	if !plainID.MatchString(id) {
		return nil, fmt.Errorf("the build's identifier %q is not made of letters, digits, - and _", id)
	}
	for path := filepath.Join(leaseDir(root), id); ; {
		l, err := makeLease(path)
		if errors.Is(err, fs.ErrExist) {
			l, err = lockLease(path)
		}
		switch {
		case err == nil:
			return l, nil
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("taking the lease of build %s: %w", id, err)
		}
	}
}

// makeLease makes a lease that is locked. That there is one already is
// [fs.ErrExist].
func makeLease(path string) (*lease, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB), os.Link(f.Name(), path)); err != nil {
		f.Close()
		return nil, err
	}
	return &lease{path: path, file: f}, nil
}

// lockLease locks a lease that nobody holds. That there is none, or no longer
// when it is locked, is [fs.ErrNotExist].
func lockLease(path string) (*lease, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	l := &lease{path: path, file: f}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil && !l.current() {
		err = fs.ErrNotExist
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

// current reports whether the file that is locked still has its name.
func (l *lease) current() bool {
	mine, err := l.file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(l.path)
	return err == nil && os.SameFile(mine, named)
}

// release ends the lease.
func (l *lease) release() {
	os.Remove(l.path)
	l.file.Close()
}

// deadLeases locks and returns the leases whose builds are gone.
func deadLeases(root string) ([]*lease, error) {
	entries, err := os.ReadDir(leaseDir(root))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the leases: %w", err)
	}
	var dead []*lease
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if l, err := lockLease(filepath.Join(leaseDir(root), e.Name())); err == nil {
			dead = append(dead, l)
		}
	}
	return dead, nil
}

// othersAlive reports whether a build other than the given one holds its lease.
func othersAlive(root, id string) (bool, error) {
	entries, err := os.ReadDir(leaseDir(root))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("reading the leases: %w", err)
	}
	for _, e := range entries {
		if e.Name() == id || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		l, err := lockLease(filepath.Join(leaseDir(root), e.Name()))
		if errors.Is(err, unix.EWOULDBLOCK) {
			return true, nil
		}
		if err == nil {
			l.file.Close()
		}
	}
	return false, nil
}
