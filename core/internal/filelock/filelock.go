// Package filelock locks files, against other processes and against others in
// this one.
//
// A lock is the kernel's: it goes with its holder, however that ends. The file
// is nothing but its name, and stays: to remove it would let two hold two files
// of one name.
package filelock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// poll is how often a waiter looks again. The kernel can wait by itself, but
// not for a context.
const poll = 20 * time.Millisecond

// A Lock is held until it is released or its process is gone.
type Lock struct {
	file *os.File
}

// Release gives the lock up.
func (l *Lock) Release() error { return l.file.Close() }

// Wait waits until nobody else holds the lock at path, and takes it. It gives
// up with ctx.
func Wait(ctx context.Context, path string) (*Lock, error) {
	for {
		lock, err := Try(path)
		if lock != nil || err != nil {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(poll):
		}
	}
}

// Try returns nil without an error when someone else holds the lock.
func Try(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return &Lock{file: f}, nil
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, f.Close()
	}
	return nil, errors.Join(fmt.Errorf("locking %s: %w", path, err), f.Close())
}
