package sdk

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/tap"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// How long builds may clean up: cleanUp when the host has closed the lifeline,
// which shortens it with SIGTERM; goneCleanUp when the host is gone, so that
// the plugin is done before the host's guard kills it, 0.8 s after the host.
const (
	cleanUp     = 5 * time.Second
	goneCleanUp = 600 * time.Millisecond
)

// deathTime is more than a host takes to die, thread by thread: until the last
// of them is gone, it still counts as the parent.
const deathTime = 50 * time.Millisecond

// flushTime bounds how long the last events may take to reach the host.
const flushTime = time.Second

// socketDirKey names the folder that go-plugin lets the socket be made in.
const socketDirKey = "PLUGIN_UNIX_SOCKET_DIR"

// Serve runs d as a plugin and never returns. Call it first thing in main. A
// process that was not started by a host says so and exits with status 2. It
// ends when its standard input does: builds are told to stop, get five seconds
// to clean up, or 0.6 when the host has died, the socket is removed, and what was
// started in the process's own group is killed.
//
// With the arguments --debug SOCKET it serves there until it is interrupted,
// and whoever has it stand for a plugin with `slipway plugin dev NAME=SOCKET`
// can stop it in a debugger.
func Serve[C any](d Definition[C]) { ServeStrategy(New(d)) }

// ServeStrategy is [Serve] for a strategy that is no [Definition].
func ServeStrategy(s strategy.Strategy) {
	about, err := s.Describe(context.Background(), strategy.DescribeRequest{})
	if err != nil {
		fmt.Fprintf(os.Stderr, "describing the strategy: %v\n", err)
		os.Exit(2)
	}
	if socket, ok := debugSocket(os.Args); ok {
		if err := serveDebugger(s, about, socket, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv(rpc.CookieKey) != rpc.CookieValue {
		fmt.Fprint(os.Stderr, refusal(about, os.Args[0]))
		os.Exit(2)
	}
	p := &process{
		server:    rpc.NewServer(s),
		stdin:     os.Stdin,
		socketDir: os.Getenv(socketDirKey),
		host:      os.Getppid(),
		alone:     make(chan struct{}),
		last:      make(chan struct{}),
		leader:    syscall.Getpgrp() == os.Getpid(),
	}
	go p.watchLifeline()
	go p.watchHost()
	p.serve()
	p.end() // the server has ended without the lifeline: go-plugin was told to shut down
}

func refusal(about strategy.DescribeResponse, program string) string {
	summary := ""
	if about.Summary != "" {
		summary = " (" + about.Summary + ")"
	}
	return fmt.Sprintf("%s %s is a strategy plugin for slipway%s. Slipway starts it by itself; try it with: slipway plugin test -- %s\n",
		about.Name, about.Version, summary, program)
}

// A process is this process while it is a plugin.
type process struct {
	server    *rpc.Server
	stdin     io.Reader // the lifeline
	socketDir string
	host      int  // the process that started this one
	leader    bool // of its own process group

	alone chan struct{} // closed when the host is known to be gone
	last  chan struct{} // closed when nothing more will be said

	wire   atomic.Pointer[grpc.Server]
	ending atomic.Bool
	once   sync.Once
}

// serve serves until go-plugin ends.
func (p *process) serve() {
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig:  rpc.Handshake(),
		VersionedPlugins: rpc.Plugins(p.server),
		Logger:           hclog.New(&hclog.LoggerOptions{Output: os.Stderr, JSONFormat: true, Level: hclog.Info}),
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			hideHandshake()
			server := grpc.NewServer(append(options, grpc.ChainStreamInterceptor(p.untilLast),
				grpc.MaxRecvMsgSize(rpc.MaxMessage), grpc.MaxSendMsgSize(rpc.MaxMessage), grpc.InTapHandle(printDirectly()))...)
			p.wire.Store(server)
			return server
		},
	})
}

// printDirectly returns what gives os.Stdout and os.Stderr back to the process
// before the first call is served. go-plugin puts pipes in their place, which a
// goroutine copies to the host: what a strategy prints just before it dies
// would be lost.
func printDirectly() tap.ServerInHandle {
	out, err := os.Stdout, os.Stderr
	restore := sync.OnceFunc(func() { os.Stdout, os.Stderr = out, err })
	return func(ctx context.Context, _ *tap.Info) (context.Context, error) {
		restore()
		return ctx, nil
	}
}

// untilLast has the streams that go-plugin opens beside ours end when the last
// events are flushed; by themselves they last as long as the connection.
func (p *process) untilLast(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	if info.FullMethod == strategyv1.Strategy_Build_FullMethodName {
		return handle(service, stream)
	}
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	go func() {
		select {
		case <-p.last:
			cancel()
		case <-ctx.Done():
		}
	}()
	return handle(service, bounded{stream, ctx})
}

// bounded is a stream that may end before its connection.
type bounded struct {
	grpc.ServerStream
	ctx context.Context //nolint:containedctx // which is how a stream tells its handler
}

// Context implements [grpc.ServerStream].
func (b bounded) Context() context.Context { return b.ctx }

// flush sees to it that the last events reach a host that still listens: they
// were given to the connection, which sends them in its own time. A build may
// hang, hence the limit.
func (p *process) flush(ctx context.Context) {
	server := p.wire.Load()
	if server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	close(p.last)
	go func() {
		defer cancel()
		server.GracefulStop()
	}()
	<-ctx.Done()
}

// hideHandshake keeps what was meant for this process from the processes it
// starts; a plugin among them would take it for its own.
func hideHandshake() {
	for _, entry := range os.Environ() {
		key, _, _ := strings.Cut(entry, "=")
		if key == rpc.CookieKey || strings.HasPrefix(key, "PLUGIN_") {
			_ = os.Unsetenv(key)
		}
	}
}

// watchLifeline ends the process when its standard input ends.
func (p *process) watchLifeline() {
	_, _ = io.Copy(io.Discard, p.stdin)
	p.end()
}

// watchHost heeds SIGTERM. The kernel sends it when the host dies, perhaps a
// moment before the lifeline ends; a host that lives closes the lifeline first,
// and sends it to a plugin that has not ended in time.
func (p *process) watchHost() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	<-told
	if p.ending.Load() {
		time.Sleep(deathTime)
	}
	if p.ending.Load() && os.Getppid() == p.host {
		signal.Reset(syscall.SIGTERM)
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
		return
	}
	close(p.alone)
	p.end()
}

// end stops what runs, waits for it, and leaves nothing behind. Only the first
// call does; a second waits for it, until the process ends.
func (p *process) end() {
	p.ending.Store(true)
	p.once.Do(p.finish)
}

func (p *process) finish() {
	busy := p.server.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), cleanUp)
	defer cancel()
	go func() {
		<-p.alone
		time.AfterFunc(goneCleanUp, cancel)
	}()
	_ = p.server.Wait(ctx)
	if busy {
		p.flush(ctx)
	}
	if p.socketDir != "" {
		_ = os.RemoveAll(p.socketDir)
	}
	if p.leader {
		_ = syscall.Kill(0, syscall.SIGKILL)
	}
	os.Exit(0)
}
