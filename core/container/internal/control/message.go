package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// pair returns a connection, and its other end for somebody else.
func pair(kind int) (ours *net.UnixConn, theirs *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("making a socket pair: %w", err)
	}
	theirs = os.NewFile(uintptr(fds[1]), "control")
	if ours, err = connection(os.NewFile(uintptr(fds[0]), "control")); err != nil {
		_ = theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

// connection turns f into a connection and closes f.
func connection(f *os.File) (*net.UnixConn, error) {
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("opening a control socket: %w", err)
	}
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		_ = conn.Close()
		return nil, errors.New("opening a control socket: it is not a unix socket")
	}
	return unixConn, nil
}

// send writes data with files attached.
func send(conn *net.UnixConn, data []byte, files ...*os.File) error {
	var rights []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			fds[i] = int(f.Fd())
		}
		rights = unix.UnixRights(fds...)
	}
	n, _, err := conn.WriteMsgUnix(data, rights, nil)
	if err != nil || n == len(data) {
		return err // an empty packet more would read as the end
	}
	_, err = conn.Write(data[n:])
	return err
}

// receive reads once into buf and returns the files that came along. The end
// of the stream is io.EOF.
func receive(conn *net.UnixConn, buf []byte) (int, []*os.File, error) {
	rights := make([]byte, unix.CmsgSpace(maxFiles*4))
	n, oobn, _, _, err := conn.ReadMsgUnix(buf, rights)
	if err != nil {
		return 0, nil, err
	}
	files, err := parseRights(rights[:oobn])
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, files, err
}

func parseRights(oob []byte) ([]*os.File, error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, fmt.Errorf("reading a control message: %w", err)
	}
	var files []*os.File
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			return files, fmt.Errorf("reading descriptors: %w", err)
		}
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "received"))
		}
	}
	return files, nil
}

// A reader is the byte stream of a connection, keeping the files that come
// along with the bytes.
type reader struct {
	conn  *net.UnixConn
	files []*os.File
}

func (r *reader) Read(p []byte) (int, error) {
	n, files, err := receive(r.conn, p)
	r.files = append(r.files, files...)
	return n, err
}

func (r *reader) decode(v any) error { return json.NewDecoder(r).Decode(v) }

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}
