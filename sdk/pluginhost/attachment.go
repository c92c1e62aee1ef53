package pluginhost

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Plugin is a strategy that is being spoken to, however it came to run.
type Plugin interface {
	strategy.Strategy
	// Close ends the plugin, or the conversation with one that is not ours to end.
	Close(ctx context.Context) error
}

// An Attachment is a conversation with a plugin that somebody else has started,
// in a debugger as a rule, with `PLUGIN --debug SOCKET`. It may stand at a
// breakpoint, so nothing is timed but the end of a build that was stopped; and
// it is never ended. Make one with [Attach].
type Attachment struct {
	strategy.Unimplemented
	name   string
	client *rpc.Client
	conn   io.Closer
}

var (
	_ Plugin = (*Attachment)(nil)
	_ Plugin = (*Process)(nil)
)

// Attach speaks to the plugin that serves on a Unix socket; name is the
// plugin's, for messages. Of o only StopGrace counts. A socket that nobody
// serves, or that another user does, is an error.
func Attach(name, socket string, o Options) (*Attachment, error) {
	if _, err := Owner(socket); err != nil {
		return nil, fmt.Errorf("attaching to plugin %s: %w", name, err)
	}
	client, conn, err := rpc.Dial(socket, rpc.Options{StopGrace: o.withDefaults().StopGrace})
	if err != nil {
		return nil, fmt.Errorf("attaching to plugin %s: %w", name, err)
	}
	return &Attachment{name: name, client: client, conn: conn}, nil
}

// Owner returns the process that serves on a Unix socket. That of another user
// is an error: whoever serves is given secrets.
func Owner(socket string) (pid int, err error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("looking at %s: %w", socket, err)
	}
	var peer *unix.Ucred
	var peerErr error
	err = raw.Control(func(fd uintptr) { peer, peerErr = unix.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, unix.SO_PEERCRED) })
	switch {
	case err != nil:
		return 0, fmt.Errorf("looking at %s: %w", socket, err)
	case peerErr != nil:
		return 0, fmt.Errorf("asking who serves %s: %w", socket, peerErr)
	case int(peer.Uid) != os.Getuid():
		return 0, fmt.Errorf("%s is served by user %d, and we are user %d", socket, peer.Uid, os.Getuid())
	}
	return int(peer.Pid), nil
}

// Describe implements [strategy.Strategy].
func (a *Attachment) Describe(ctx context.Context, r strategy.DescribeRequest) (strategy.DescribeResponse, error) {
	answer, err := a.client.Describe(ctx, r)
	return answer, a.explain(err)
}

// Validate implements [strategy.Strategy].
func (a *Attachment) Validate(ctx context.Context, r strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	answer, err := a.client.Validate(ctx, r)
	return answer, a.explain(err)
}

// Plan implements [strategy.Strategy].
func (a *Attachment) Plan(ctx context.Context, r strategy.PlanRequest) (strategy.PlanResponse, error) {
	answer, err := a.client.Plan(ctx, r)
	return answer, a.explain(err)
}

// Build implements [strategy.Strategy].
func (a *Attachment) Build(ctx context.Context, r strategy.BuildRequest, events strategy.Events) error {
	return a.explain(a.client.Build(ctx, r, events))
}

// Close ends the conversation; the plugin goes on.
func (a *Attachment) Close(context.Context) error { return a.conn.Close() }

func (a *Attachment) explain(err error) error {
	if err == nil || diag.Of(err) != nil {
		return err
	}
	return fmt.Errorf("plugin %s, which was started by somebody else: %w", a.name, err)
}
