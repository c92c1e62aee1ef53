package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"google.golang.org/grpc"

	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// debugFlag has a plugin serve on a socket of its author's choice, for as long
// as its author likes.
const debugFlag = "--debug"

// debugSocket returns where to serve for a debugger, if the arguments say so.
func debugSocket(args []string) (socket string, ok bool) {
	if len(args) != 3 || args[1] != debugFlag {
		return "", false
	}
	return args[2], true
}

// serveDebugger serves s on socket until it is interrupted. No host started
// this process and none may end it, so there is no lifeline and no handshake.
func serveDebugger(s strategy.Strategy, about strategy.DescribeResponse, socket string, said io.Writer) error {
	path, err := filepath.Abs(socket)
	if err != nil {
		return fmt.Errorf("serving for a debugger: %w", err)
	}
	listener, err := listenOnly(path)
	if err != nil {
		return fmt.Errorf("serving for a debugger: %w", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server := rpc.NewServer(s)
	wire := grpc.NewServer(grpc.MaxRecvMsgSize(rpc.MaxMessage), grpc.MaxSendMsgSize(rpc.MaxMessage))
	server.Register(wire)
	defer context.AfterFunc(ctx, func() { endServing(server, wire) })()
	fmt.Fprintf(said, "%s %s, process %d, waits for slipway. In your project:\n\n    slipway plugin dev PUBLISHER/%s=%s\n\nInterrupt it to end it.\n",
		about.Name, about.Version, os.Getpid(), about.Name, path)
	return wire.Serve(listener)
}

// listenOnly listens where nobody does; what an earlier process left is
// removed. Only this user may speak to it.
func listenOnly(path string) (net.Listener, error) {
	if conn, err := net.Dial("unix", path); err == nil { //nolint:noctx // answers at once
		return nil, errors.Join(fmt.Errorf("%s is being served already", path), conn.Close())
	} else if errors.Is(err, syscall.ECONNREFUSED) {
		_ = os.Remove(path)
	}
	defer syscall.Umask(syscall.Umask(0o177))
	return net.Listen("unix", path) //nolint:noctx // it ends with the server
}

// endServing has builds clean up, as the end of the lifeline does.
func endServing(server *rpc.Server, wire *grpc.Server) {
	server.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), cleanUp)
	defer cancel()
	_ = server.Wait(ctx)
	defer context.AfterFunc(ctx, wire.Stop)()
	wire.GracefulStop()
}
