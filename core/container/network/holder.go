package network

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"

	"github.com/slipway-build/slipway/core/container/internal/control"
	"github.com/slipway-build/slipway/core/container/internal/loopback"
)

// Role is the name under which the binary is started to hold a network.
const Role = "slipway-network"

const (
	methodOpen   = "open"   // whether a bridge is wanted → whether there is one
	methodAttach = "attach" // address, file of a namespace
	methodDial   = "dial"   // address and port → a connected socket
)

// Main holds the network namespace it was started in and serves the inherited
// control socket until it closes. It returns the exit code of the process.
func Main() int {
	h := &holder{}
	if err := control.Serve(context.Background(), h.handle); err != nil && !errors.Is(err, io.EOF) {
		return 1
	}
	return 0
}

type holder struct{ bridge bridge }

func (h *holder) handle(ctx context.Context, call control.Call) (control.Answer, error) {
	switch call.Method {
	case methodOpen:
		return h.open(call)
	case methodAttach:
		return h.attach(call)
	case methodDial:
		return dial(ctx, call)
	default:
		return control.Answer{}, fmt.Errorf("a network knows no call %q", call.Method)
	}
}

func (h *holder) open(call control.Call) (control.Answer, error) {
	var wanted bool
	if err := json.Unmarshal(call.Params, &wanted); err != nil {
		return control.Answer{}, err
	}
	if err := loopback.Open(); err != nil {
		return control.Answer{}, err
	}
	return control.Answer{Result: wanted && h.bridge.open() == nil}, nil
}

func (h *holder) attach(call control.Call) (control.Answer, error) {
	var addr netip.Addr
	if err := json.Unmarshal(call.Params, &addr); err != nil {
		return control.Answer{}, err
	}
	if len(call.Files) != 1 {
		return control.Answer{}, fmt.Errorf("%d namespaces came, want 1", len(call.Files))
	}
	return control.Answer{}, h.bridge.attach(addr, call.Files[0])
}

func dial(ctx context.Context, call control.Call) (control.Answer, error) {
	var addr netip.AddrPort
	if err := json.Unmarshal(call.Params, &addr); err != nil {
		return control.Answer{}, err
	}
	var dialer net.Dialer
	conn, err := dialer.DialTCP(ctx, "tcp", netip.AddrPort{}, addr)
	if err != nil {
		return control.Answer{}, err
	}
	defer conn.Close()
	file, err := conn.File()
	return control.Answer{File: file}, err
}
