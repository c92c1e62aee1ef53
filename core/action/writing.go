package action

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A writing is one file as it is to be.
type writing struct {
	path  string // absolute
	shown string // the path as people know it
	data  []byte
	mode  fs.FileMode
	check func(ctx context.Context, file string) error // of the new file, before it takes the old one's place; nil: none
}

// checksum is the hash of the content.
func (w writing) checksum() string {
	sum := sha256.Sum256(w.data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// put makes the file so, at once and as a whole, and reports whether it was
// not so before. In check mode it only looks. What it would change or has
// changed is answered when that is wanted.
func (w writing) put(ctx context.Context, step engine.Step) (changed bool, diff []event.Diff, err error) {
	before, err := w.there()
	if err != nil {
		return false, nil, err
	}
	if before.same(w) {
		return false, nil, nil
	}
	if step.Diff {
		diff = []event.Diff{{Path: w.shown, Before: before.text(), After: textOf(w.data)}}
	}
	if step.Check {
		return true, diff, nil
	}
	return true, diff, w.replace(ctx)
}

// A version is a file as it is found.
type version struct {
	exists  bool
	regular bool
	mode    fs.FileMode
	data    []byte
}

// there reads the file that is there now.
func (w writing) there() (version, error) {
	info, err := os.Lstat(w.path)
	if errors.Is(err, fs.ErrNotExist) {
		return version{}, nil
	}
	if err != nil {
		return version{}, fmt.Errorf("looking at %s: %w", w.shown, err)
	}
	v := version{exists: true, regular: info.Mode().IsRegular(), mode: info.Mode().Perm()}
	if info.IsDir() {
		return v, fmt.Errorf("writing %s: it is a folder", w.shown)
	}
	if !v.regular {
		return v, nil
	}
	if v.data, err = os.ReadFile(w.path); err != nil {
		return v, fmt.Errorf("reading %s: %w", w.shown, err)
	}
	return v, nil
}

func (v version) same(w writing) bool {
	return v.regular && v.mode == w.mode && bytes.Equal(v.data, w.data)
}

func (v version) text() string { return textOf(v.data) }

// maxShown bounds what is shown of one side of a difference.
const maxShown = 1 << 20

// textOf is a content for people: what is no text, or too long, is told about.
func textOf(data []byte) string {
	if len(data) > maxShown || !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return fmt.Sprintf("(%d bytes that are not shown)\n", len(data))
	}
	return string(data)
}

// replace writes the file beside its place and moves it there, so that nobody
// ever sees a part of it. Folders above it are made.
func (w writing) replace(ctx context.Context) error {
	file, err := w.beside(ctx)
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.shown, err)
	}
	defer file.Close() // and with it the lock
	if err := w.fill(ctx, file); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// fill writes the file and moves it to its place.
func (w writing) fill(ctx context.Context, file *os.File) error {
	_, err := file.Write(w.data)
	if err := errors.Join(err, file.Chmod(w.mode), file.Sync()); err != nil {
		return fmt.Errorf("writing %s: %w", w.shown, err)
	}
	if w.check != nil {
		if err := w.check(ctx, file.Name()); err != nil {
			return err
		}
	}
	if err := keepOwner(file, w.path); err != nil {
		return fmt.Errorf("writing %s: %w", w.shown, err)
	}
	if err := os.Rename(file.Name(), w.path); err != nil {
		return fmt.Errorf("writing %s: %w", w.shown, err)
	}
	return nil
}

// lockPoll is how often it is looked whether somebody else still writes a file.
const lockPoll = 20 * time.Millisecond

// beside opens the file, empty, that is to take w's place. It always has the same
// name, so that what a killed run left of it is written over, and belongs to one
// writer at a time. What is not ours under that name is taken away.
func (w writing) beside(ctx context.Context) (*os.File, error) {
	dir, base := filepath.Split(w.path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, "."+base+".slipway")
	for {
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
		if err == nil && ours(file) {
			if locked(file) {
				return file, errors.Join(file.Truncate(0), file.Chmod(0o600))
			}
			err = pause(ctx, lockPoll)
		} else if gone := os.Remove(name); err == nil || gone == nil {
			err = gone
		}
		_ = file.Close()
		if err != nil {
			return nil, err
		}
	}
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// ours reports whether a file is an ordinary one that belongs to us.
func ours(file *os.File) bool {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(owner.Uid) == os.Geteuid()
}

// locked locks a file, and reports whether it is the one under its name still.
func locked(file *os.File) bool {
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	ours, err := file.Stat()
	named, other := os.Lstat(file.Name())
	return err == nil && other == nil && os.SameFile(ours, named)
}

// keepOwner gives a file to whom the one that it is to replace belongs, as far as
// that can be done: only root can, and in a namespace only among the users that
// it has. Otherwise the new file is ours.
func keepOwner(file *os.File, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || os.Geteuid() != 0 {
		return nil
	}
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	err = file.Chown(int(owner.Uid), int(owner.Gid))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}

// modeOf reads a mode as chmod writes it in digits; otherwise is for none.
func modeOf(text string, otherwise fs.FileMode) (fs.FileMode, error) {
	if text == "" {
		return otherwise, nil
	}
	mode, err := strconv.ParseUint(text, 8, 32)
	if err != nil || mode > 0o777 {
		return 0, fmt.Errorf("%q is no mode of a file", text)
	}
	return fs.FileMode(mode), nil
}

// checkMode tells of a mode that is none.
func checkMode(n document.Node) diag.List {
	if n.IsZero() || isTemplate(n) {
		return nil
	}
	if _, err := modeOf(n.Text(), 0); err != nil {
		return diag.List{diag.Errorf("bad-value", n.Pos(), "%v", err).WithFix("write its digits: 0644, or 0755")}
	}
	return nil
}
