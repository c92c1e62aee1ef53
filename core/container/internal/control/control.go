// Package control is how slipway talks to the processes it starts for
// containers and networks: the same binary under another name, with one
// socket.
//
// The socket is a lifeline as well as a telephone. While it is open the child
// serves; when it closes, because the caller asked or because the caller was
// killed, the child ends, and with it the namespaces it holds. Nothing has to
// notice a death for that to happen: the kernel closes sockets.
//
// Every call has a connection of its own, sent over the socket together with
// the descriptors that go with the call. So calls need no numbers, any number
// run at once, and a caller that gives up closes its connection, which ends
// the context of the call on the other side. An answer may bring one
// descriptor back: that is how a socket that was connected inside a network
// namespace gets out of it.
package control

import (
	"encoding/json"
	"os"
	"syscall"
)

// socketFD is where a child finds its end of the socket.
const socketFD = 3

// maxFiles bounds the descriptors of one message.
const maxFiles = 8

type request struct {
	Method string
	Params json.RawMessage
}

type response struct {
	Result json.RawMessage `json:",omitempty"`
	Error  *Error          `json:",omitempty"`
}

// An Error is what a child answered instead of a result.
type Error struct {
	Text  string
	Errno syscall.Errno // what the kernel said, when it was the kernel; else 0
}

// Error returns what the child said.
func (e *Error) Error() string { return e.Text }

// Unwrap returns the kernel's error, so that errors.Is finds
// syscall.ECONNREFUSED across the socket; nil when there is none.
func (e *Error) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return e.Errno
}

// A Call is one request as a child sees it.
type Call struct {
	Method string
	Params json.RawMessage
	Files  []*os.File // closed when the handler returns
}

// An Answer is what a handler gives back. File may be nil; it is closed once
// it is sent.
type Answer struct {
	Result any
	File   *os.File
}
