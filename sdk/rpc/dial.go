package rpc

import (
	"context"
	"fmt"
	"io"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// memoryBuffer is the size of the pipe of [InMemory], in bytes: about that of
// a Unix socket, so that a slow reader is felt as soon.
const memoryBuffer = 256 << 10

// Dial returns a client of the strategy that serves on a Unix socket, without
// the handshake of go-plugin. The closer ends the connection.
func Dial(socket string, o Options) (*Client, io.Closer, error) {
	conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, nil, fmt.Errorf("connecting to %s: %w", socket, err)
	}
	return NewClient(conn, o), conn, nil
}

// InMemory serves s in this process and returns a client of it: everything
// goes over the wire, and nothing leaves the process, so that coverage is
// counted and a debugger stops in the strategy. The closer ends both.
func InMemory(s strategy.Strategy, o Options) (*Client, io.Closer, error) {
	listener := bufconn.Listen(memoryBuffer)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(MaxMessage), grpc.MaxSendMsgSize(MaxMessage))
	NewServer(s).Register(server)
	go func() { _ = server.Serve(listener) }()
	conn, err := grpc.NewClient("passthrough:memory", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		server.Stop()
		return nil, nil, fmt.Errorf("connecting in memory: %w", err)
	}
	return NewClient(conn, o), memory{server, conn}, nil
}

// memory is both ends of a connection in this process.
type memory struct {
	server *grpc.Server
	conn   io.Closer
}

// Close ends both ends.
func (m memory) Close() error {
	err := m.conn.Close()
	m.server.Stop()
	return err
}
