package sdk

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/tap"

	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// cleanUp is how long builds may clean up after the host has gone away or has
// closed the lifeline. A host that is still there shortens it with SIGTERM.
const cleanUp = 5 * time.Second

// flushTime is how long the last events may take to reach the host.
const flushTime = 100 * time.Millisecond

// socketDirKey names the folder that go-plugin lets the socket be made in.
const socketDirKey = "PLUGIN_UNIX_SOCKET_DIR"

// Serve runs d as a plugin and never returns. Call it first thing in main. A
// process that was not started by a host says so and exits with status 2. It
// ends when its standard input does: builds are told to stop, get five seconds
// to clean up, the socket is removed, and what was started in the process's
// own group is killed.
func Serve[C any](d Definition[C]) { ServeStrategy(New(d)) }

// ServeStrategy is [Serve] for a strategy that is no [Definition].
func ServeStrategy(s strategy.Strategy) {
	about, err := s.Describe(context.Background(), strategy.DescribeRequest{})
	if err != nil {
		fmt.Fprintf(os.Stderr, "describing the strategy: %v\n", err)
		os.Exit(2)
	}
	if os.Getenv(rpc.CookieKey) != rpc.CookieValue {
		fmt.Fprint(os.Stderr, refusal(about, os.Args[0]))
		os.Exit(2)
	}
	p := &process{
		server:    rpc.NewServer(s),
		stdin:     os.Stdin,
		socketDir: os.Getenv(socketDirKey),
		leader:    syscall.Getpgrp() == os.Getpid(),
	}
	go p.watchLifeline()
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
	leader    bool // of its own process group

	wire atomic.Pointer[grpc.Server]
	once sync.Once
}

// serve serves until go-plugin ends.
func (p *process) serve() {
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig:  rpc.Handshake(),
		VersionedPlugins: rpc.Plugins(p.server),
		Logger:           hclog.New(&hclog.LoggerOptions{Output: os.Stderr, JSONFormat: true, Level: hclog.Info}),
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			hideHandshake()
			server := grpc.NewServer(append(options,
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

// flush sees to it that the last events reach a host that still listens: they
// were given to the connection, which sends them in its own time. go-plugin's
// own streams never end by themselves, hence the limit.
func (p *process) flush(ctx context.Context) {
	server := p.wire.Load()
	if server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	defer context.AfterFunc(ctx, server.Stop)()
	server.GracefulStop()
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

// end stops what runs, waits for it, and leaves nothing behind. Only the first
// call does; a second waits for it, until the process ends.
func (p *process) end() { p.once.Do(p.finish) }

func (p *process) finish() {
	busy := p.server.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), cleanUp)
	defer cancel()
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
