package control

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
)

// A Handler answers a call. Its context ends when the caller gives up.
type Handler func(ctx context.Context, call Call) (Answer, error)

// Serve answers the calls that come over the inherited socket, each in a
// goroutine of its own, until the socket closes. It returns without waiting
// for calls that still run: what they work on is about to go.
func Serve(ctx context.Context, handle Handler) error {
	conn, err := connection(os.NewFile(socketFD, "control"))
	if err != nil {
		return err
	}
	return serve(ctx, conn, handle)
}

func serve(ctx context.Context, conn *net.UnixConn, handle Handler) error {
	defer conn.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for {
		_, files, err := receive(conn, make([]byte, 1))
		if err != nil {
			closeAll(files)
			return err
		}
		if len(files) == 0 {
			continue
		}
		go answer(ctx, files, handle)
	}
}

// answer serves one call; the first of files is its connection.
func answer(ctx context.Context, files []*os.File, handle Handler) {
	defer closeAll(files[1:])
	conn, err := connection(files[0])
	if err != nil {
		return
	}
	defer conn.Close()
	r := &reader{conn: conn}
	var req request
	if err := r.decode(&req); err != nil {
		return
	}
	ctx, hangUp := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		defer hangUp()
		_, _ = conn.Read(make([]byte, 1)) // nothing more is ever sent
	})
	got, err := handle(ctx, Call{req.Method, req.Params, files[1:]})
	reply(conn, got, err)
	_ = conn.CloseRead()
	watching.Wait()
}

func reply(conn *net.UnixConn, got Answer, err error) {
	var resp response
	if err != nil {
		resp.Error = asError(err)
	} else if resp.Result, err = json.Marshal(got.Result); err != nil {
		resp.Error = asError(err)
	}
	data, _ := json.Marshal(resp) // strings, numbers and checked JSON only
	if got.File == nil {
		_ = send(conn, data)
		return
	}
	defer got.File.Close()
	_ = send(conn, data, got.File)
}

func asError(err error) *Error {
	errno, _ := errors.AsType[syscall.Errno](err)
	return &Error{Text: err.Error(), Errno: errno}
}
