// Package rpc carries a strategy over gRPC: a [Client] is a
// [strategy.Strategy], a [Server] serves one, and nothing is lost between
// them.
//
// Only this package knows the wire. Its defaults, and why:
//
//   - Output is sent in chunks of up to 32 KiB, or what has come together in
//     50 ms: one message per line costs eight times as much.
//   - At most 1 MiB of output waits in the plugin for a slow reader. A writer
//     waits as long as the reader moves; when nothing was taken for a second,
//     output is shed and counted in [strategy.Log.Dropped]. Steps, artifacts
//     and the end of a build are never shed.
//   - A client whose context ends asks the server to stop, and gives it 10 s
//     to clean up and complete before the call is cut off.
//   - A build that has nothing to say gives a sign of life every 10 s; a client
//     that hears nothing at all for a minute tells its caller, and cuts the build
//     off only if it was told to.
//   - A server sends exactly one [strategy.Completed], last. A strategy that
//     breaks that rule, or panics, completes as failed with a diagnostic
//     ("plugin.protocol", "plugin.panic").
//   - Messages may be up to 16 MiB, for large configs; files go by path.
package rpc

import (
	"context"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// The handshake between host and plugin. The cookie only keeps people from
// starting a plugin by hand; it is no secret and never changes.
const (
	CookieKey   = "SLIPWAY_PLUGIN"
	CookieValue = "3f9b6c52-6f0e-4c4c-9d5e-0a6b1f6f7a11-strategy"

	// Major is the protocol's major version: the package of the wire contract.
	Major = 1
	// Minor is the newest minor version of the protocol that this code speaks.
	Minor = 2

	// MaxMessage is the size in bytes of the largest message.
	MaxMessage = 16 << 20

	// PluginName is the name under which go-plugin dispenses a strategy.
	PluginName = "strategy"
)

// Handshake returns what go-plugin needs on both sides.
func Handshake() goplugin.HandshakeConfig {
	return goplugin.HandshakeConfig{MagicCookieKey: CookieKey, MagicCookieValue: CookieValue}
}

// Plugins returns the plugin sets by major version: server is what a plugin
// serves, nil in a host.
func Plugins(server *Server) map[int]goplugin.PluginSet {
	return map[int]goplugin.PluginSet{Major: {PluginName: &connector{server: server}}}
}

// connector joins a strategy to go-plugin, which dispenses a *Client.
type connector struct {
	goplugin.NetRPCUnsupportedPlugin
	server *Server
}

var _ goplugin.GRPCPlugin = (*connector)(nil)

func (c *connector) GRPCServer(_ *goplugin.GRPCBroker, s *grpc.Server) error {
	c.server.Register(s)
	return nil
}

func (c *connector) GRPCClient(_ context.Context, _ *goplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return NewClient(conn, Options{}), nil
}
