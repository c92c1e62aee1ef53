package supervisor

import (
	"context"
	"encoding/json"
	"net"
	"net/netip"

	"github.com/slipway-build/slipway/core/container/internal/control"
)

// handleDial connects to a port on the loopback interface of the container's
// network namespace, over either family, and answers with the socket.
func handleDial(ctx context.Context, call control.Call) (control.Answer, error) {
	var port uint16
	if err := json.Unmarshal(call.Params, &port); err != nil {
		return control.Answer{}, err
	}
	var dialer net.Dialer
	conn, err := dialer.DialTCP(ctx, "tcp", netip.AddrPort{}, netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port))
	if err != nil {
		var again error
		if conn, again = dialer.DialTCP(ctx, "tcp", netip.AddrPort{}, netip.AddrPortFrom(netip.IPv6Loopback(), port)); again != nil {
			return control.Answer{}, err
		}
	}
	defer conn.Close()
	file, err := conn.File()
	return control.Answer{File: file}, err
}
