package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// connect returns a client of a server in this process that answers with
// handle, and a channel that closes when the server has ended.
func connect(t *testing.T, handle Handler) (*Client, <-chan struct{}) {
	t.Helper()
	client, theirs, err := pair(unix.SOCK_SEQPACKET)
	if err != nil {
		t.Fatal(err)
	}
	server, err := connection(theirs)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = serve(t.Context(), server, handle)
	}()
	t.Cleanup(func() { _ = client.Close() })
	return &Client{client}, ended
}

func TestCallCarriesAnswersOfAnySize(t *testing.T) {
	c, _ := connect(t, func(_ context.Context, call Call) (Answer, error) {
		var s string
		err := json.Unmarshal(call.Params, &s)
		return Answer{Result: call.Method + ":" + s}, err
	})
	for _, size := range []int{0, 1, 1 << 20} {
		long := strings.Repeat("x", size)
		var got string
		if _, err := c.Call(t.Context(), "echo", long, &got); err != nil {
			t.Fatal(err)
		}
		if got != "echo:"+long {
			t.Errorf("got %d bytes, want %d", len(got), len(long)+5)
		}
	}
}

func TestCallCarriesDescriptorsBothWays(t *testing.T) {
	c, _ := connect(t, func(_ context.Context, call Call) (Answer, error) {
		if len(call.Files) != 1 {
			return Answer{}, fmt.Errorf("%d files came, want 1", len(call.Files))
		}
		if _, err := call.Files[0].WriteString("from the child"); err != nil {
			return Answer{}, err
		}
		r, w, err := os.Pipe()
		if err != nil {
			return Answer{}, err
		}
		_, _ = w.WriteString("and back")
		_ = w.Close()
		return Answer{File: r}, nil
	})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	back, err := c.Call(t.Context(), "files", nil, nil, w)
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	there, _ := io.ReadAll(r)
	again, _ := io.ReadAll(back)
	if got := string(there) + "|" + string(again); got != "from the child|and back" {
		t.Errorf("read %q", got)
	}
}

func TestErrorsKeepWhatTheKernelSaid(t *testing.T) {
	c, _ := connect(t, func(context.Context, Call) (Answer, error) {
		return Answer{}, fmt.Errorf("dialling: %w", syscall.ECONNREFUSED)
	})
	_, err := c.Call(t.Context(), "dial", nil, nil)
	if !errors.Is(err, syscall.ECONNREFUSED) || err.Error() != "dialling: connection refused" {
		t.Errorf("err = %v, want dialling: connection refused", err)
	}
}

func TestGivingUpEndsTheCallOnBothSides(t *testing.T) {
	over := make(chan error, 1)
	began := make(chan struct{})
	c, _ := connect(t, func(ctx context.Context, _ Call) (Answer, error) {
		close(began)
		<-ctx.Done()
		over <- ctx.Err()
		return Answer{}, ctx.Err()
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	go func() { <-began; cancel(enough) }()
	if _, err := c.Call(ctx, "wait", nil, nil); !errors.Is(err, enough) {
		t.Errorf("err = %v, want %v", err, enough)
	}
	if err := <-over; !errors.Is(err, context.Canceled) {
		t.Errorf("the handler's context ended with %v", err)
	}
}

func TestClosingTheClientEndsTheServer(t *testing.T) {
	c, ended := connect(t, func(context.Context, Call) (Answer, error) { return Answer{}, nil })
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	<-ended
	if _, err := c.Call(t.Context(), "late", nil, nil); err == nil {
		t.Error("a call after Close succeeded")
	}
}
