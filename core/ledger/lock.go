package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// lockPoll is how often a waiter looks again. The kernel can wait by itself,
// but not for a context.
const lockPoll = 20 * time.Millisecond

// A Lock is held until it is released or its process is gone.
type Lock struct {
	file *os.File
}

// Release gives the lock up. The file stays: taking it away would let two
// processes lock two files of one name.
func (l *Lock) Release() error { return l.file.Close() }

// Lock waits until nobody else holds name, in this process or another that
// has the same state directory open, and takes it. It gives up with ctx.
func (l *Ledger) Lock(ctx context.Context, name string) (*Lock, error) {
	sum := sha256.Sum256([]byte(name))
	path := filepath.Join(l.locksDir(), hex.EncodeToString(sum[:16]))
	lock, err := waitLock(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", name, err)
	}
	return lock, nil
}

func waitLock(ctx context.Context, path string) (*Lock, error) {
	for {
		lock, err := tryLock(path)
		if lock != nil || err != nil {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(lockPoll):
		}
	}
}

// tryLock returns nil without an error when someone else holds the lock.
func tryLock(path string) (*Lock, error) {
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
