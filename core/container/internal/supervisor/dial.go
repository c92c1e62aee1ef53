package supervisor

import (
	"context"
	"encoding/json"
	"net"
	"strconv"

	"github.com/slipway-build/slipway/core/container/internal/control"
)

// handleDial connects to a port on the loopback interface of the container's
// network namespace, over either family, and answers with the socket.
func handleDial(ctx context.Context, call control.Call) (control.Answer, error) {
	var port int
	if err := json.Unmarshal(call.Params, &port); err != nil {
		return control.Answer{}, err
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		var again error
		if conn, again = dialer.DialContext(ctx, "tcp", net.JoinHostPort("::1", strconv.Itoa(port))); again != nil {
			return control.Answer{}, err
		}
	}
	defer conn.Close()
	file, err := conn.(*net.TCPConn).File()
	return control.Answer{File: file}, err
}
