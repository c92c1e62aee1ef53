package pluginhost

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// restBytes bounds what is read of a pipe after its plugin has ended: as much
// as a pipe can hold. A process that left the plugin's group may go on writing.
const restBytes = 1 << 20

// A pipe is our end of what a plugin prints. Once it has been told that the
// plugin is gone, it ends where what has been written ends, and waits for
// nobody: what the plugin said last is never lost, however busy the machine,
// and a process that holds the other end open delays nothing.
type pipe struct {
	*os.File
	gone bool
	rest int
}

func newPipe(f *os.File) *pipe { return &pipe{File: f, rest: restBytes} }

// writerGone tells that nothing more will be written that matters.
func (p *pipe) writerGone() { _ = p.SetReadDeadline(time.Now()) }

// Read implements [io.Reader].
func (p *pipe) Read(b []byte) (int, error) {
	if !p.gone {
		n, err := p.File.Read(b)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		p.gone = true
		_ = p.SetReadDeadline(time.Time{})
	}
	return p.readRest(b)
}

// readRest reads what is there, without waiting for more.
func (p *pipe) readRest(b []byte) (int, error) {
	raw, err := p.SyscallConn()
	if err != nil {
		return 0, err
	}
	n := 0
	b = b[:min(len(b), p.rest)]
	err = raw.Read(func(fd uintptr) bool {
		n, _ = unix.Read(int(fd), b)
		return true
	})
	if err != nil || n <= 0 {
		return 0, io.EOF
	}
	p.rest -= n
	return n, nil
}
