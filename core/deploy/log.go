package deploy

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/slipway-build/slipway/core/secret"
)

// takeBytes bounds what is taken from a log's pipe at once: as much as a pipe
// can hold, so that all that was written before is taken.
const takeBytes = 1 << 20

// tailLines is how much of a log goes into an error.
const tailLines = 20

// A log keeps the end of what processes print, with secrets hidden. They have
// one end of a pipe; this process, which knows the secrets, writes down what
// comes out of the other, so that no file ever holds one. Whoever reads the log
// finds all in it that was printed before.
type log struct {
	pipe *os.File // our end

	mu   sync.Mutex // held from taking to writing down
	ring *ring
	hide *secret.Writer // to ring
	buf  []byte
	over bool  // nothing more is taken
	err  error // of writing down
}

// openLog begins the log of that path, or continues it, and returns what
// processes write to: theirs is to be closed when they have it.
func openLog(path string, mask *secret.Mask) (l *log, theirs *os.File, err error) {
	r, err := openRing(path, ringBytes)
	if err != nil {
		return nil, nil, fmt.Errorf("opening a log: %w", err)
	}
	pipe, theirs, err := os.Pipe()
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("opening the log %s: %w", path, err), r.Close())
	}
	l = &log{pipe: pipe, ring: r, hide: mask.Writer(r), buf: make([]byte, 64<<10)}
	go l.follow()
	return l, theirs, nil
}

// follow takes what comes, until nobody is left to write or the log is closed.
func (l *log) follow() {
	defer l.close()
	raw, err := l.pipe.SyscallConn()
	for more := true; err == nil && more; {
		err = raw.Read(func(fd uintptr) (taken bool) {
			var empty bool
			empty, more = l.take(int(fd))
			return !empty
		})
	}
}

// take writes down what is in the pipe; empty tells that all of it was, more
// that more may come.
func (l *log) take(fd int) (empty, more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for taken := 0; taken < takeBytes && !l.over; {
		n, err := unix.Read(fd, l.buf)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN):
			return true, true
		case err != nil || n == 0:
			l.note(l.hide.Flush())
			return false, false
		}
		taken += n
		_, err = l.hide.Write(l.buf[:n])
		l.note(err)
	}
	return false, !l.over
}

// note keeps the first error. Taking goes on: who prints must not have to wait.
func (l *log) note(err error) {
	if l.err == nil {
		l.err = err
	}
}

// catchUp takes what was printed until now.
func (l *log) catchUp() {
	if raw, err := l.pipe.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _, _ = l.take(int(fd)) }) // it may be closed
	}
}

// close ends the log. Who prints after that gets an error, or the signal that
// goes with it.
func (l *log) close() {
	l.catchUp()
	l.end()
	_ = l.pipe.Close() // waits for who takes; the other of two calls does nothing
}

func (l *log) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.over = true
		l.note(errors.Join(l.hide.Flush(), l.ring.Close()))
	}
}

// read returns what was printed, its end if it was much.
func (l *log) read() ([]byte, error) {
	l.catchUp()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return nil, fmt.Errorf("writing the log: %w", l.err)
	}
	text, err := readRing(l.ring.path)
	return append(text, l.hide.Held()...), err
}

// mark is where the log ends now.
func (l *log) mark() int64 {
	l.catchUp()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ring.total
}

// tail returns the last lines of what was printed after mark.
func (l *log) tail(mark int64) string {
	all, err := l.read()
	if err != nil {
		return ""
	}
	l.mu.Lock()
	fresh := int(l.ring.total-mark) + len(l.hide.Held())
	l.mu.Unlock()
	all = bytes.TrimRight(all[max(0, len(all)-fresh):], "\n")
	lines := bytes.Split(all, []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-tailLines):], []byte("\n")))
}
