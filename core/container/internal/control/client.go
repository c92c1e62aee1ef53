package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// A Client talks to one child. It may be used concurrently.
type Client struct{ conn *net.UnixConn }

// Command returns the command that starts this binary again under the name
// role. What follows in argv is for people who look at the list of processes.
func Command(role string, about ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe") //nolint:noctx // it lives until its client is closed
	cmd.Args = append([]string{role}, about...)
	cmd.Env = []string{}
	cmd.Dir = "/"
	return cmd
}

// Start calls start, which must start cmd (normally with cmd.Start), and
// returns a client of it. Whoever closes the client ends the child; cmd.Wait
// is left to the caller.
func Start(cmd *exec.Cmd, start func() error) (*Client, error) {
	conn, theirs, err := pair(unix.SOCK_SEQPACKET)
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	cmd.ExtraFiles = []*os.File{theirs}
	if err := start(); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &Client{conn}, nil
}

// Close ends the child.
func (c *Client) Close() error { return c.conn.Close() }

// Call asks for method with params and decodes the result, unless result is
// nil. It returns the descriptor that came with the answer, if any. An answer
// that is an error is an [*Error]; when ctx ends first its cause is returned.
func (c *Client) Call(ctx context.Context, method string, params, result any, files ...*os.File) (*os.File, error) {
	conn, err := c.dial(files)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	file, err := exchange(conn, method, params, result)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return file, err
}

// dial sends one end of a new connection, and files, to the child.
func (c *Client) dial(files []*os.File) (*net.UnixConn, error) {
	conn, theirs, err := pair(unix.SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	if err := send(c.conn, []byte{0}, append([]*os.File{theirs}, files...)...); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("calling the container's process: %w", err)
	}
	return conn, nil
}

func exchange(conn *net.UnixConn, method string, params, result any) (*os.File, error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", method, err)
	}
	if err := json.NewEncoder(conn).Encode(request{method, raw}); err != nil {
		return nil, fmt.Errorf("sending %s: %w", method, err)
	}
	r := &reader{conn: conn}
	var answer response
	if err := r.decode(&answer); err != nil {
		closeAll(r.files)
		return nil, fmt.Errorf("waiting for the answer to %s: %w", method, err)
	}
	if answer.Error != nil {
		closeAll(r.files)
		return nil, answer.Error
	}
	return firstFile(r.files), decodeResult(answer.Result, result)
}

func firstFile(files []*os.File) *os.File {
	if len(files) == 0 {
		return nil
	}
	closeAll(files[1:])
	return files[0]
}

func decodeResult(raw json.RawMessage, result any) error {
	if result == nil || len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, result)
}
