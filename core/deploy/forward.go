package deploy

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"

	"github.com/slipway-build/slipway/core/container/network"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A forward is a listener on 127.0.0.1 whose connections go to a service.
type forward struct {
	instance *instance
	target   int
	listener net.Listener
	network  *network.Network
	cancel   context.CancelFunc
	open     sync.WaitGroup
}

// forward opens all published ports, or says which are taken. They stay open
// when ctx ends: Down closes them.
func (d *Deployment) forward(ctx context.Context) error {
	var problems diag.List
	var config net.ListenConfig
	for _, in := range d.instances {
		for _, p := range in.service.Ports {
			listener, err := config.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p.Published)))
			if err != nil {
				problems.Add(diag.Errorf("compose-port", p.Pos, "service %s publishes port %d, which cannot be opened on this machine: %v",
					in.service.Name, p.Published, portCause(err)).WithFix("leave the published port out, and a free one is taken"))
				continue
			}
			open, cancel := context.WithCancel(context.WithoutCancel(ctx))
			f := &forward{instance: in, target: p.Target, listener: listener, network: d.network, cancel: cancel}
			d.forwards = append(d.forwards, f)
			f.open.Go(func() { f.serve(open) })
		}
	}
	return problems.Err()
}

// portCause strips what the diagnostic says already.
func portCause(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}

func (f *forward) port() int {
	return int(netip.MustParseAddrPort(f.listener.Addr().String()).Port())
}

// close ends the listener and its connections, and waits for both.
func (f *forward) close() {
	_ = f.listener.Close()
	f.cancel()
	f.open.Wait()
}

func (f *forward) serve(ctx context.Context) {
	for {
		outer, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.open.Go(func() { f.connect(ctx, outer) })
	}
}

// connect joins a connection to one inside. When there is none to be had, the
// outer one is closed, as a refused one would be.
func (f *forward) connect(ctx context.Context, outer net.Conn) {
	defer outer.Close()
	inner, err := f.network.Dial(ctx, f.instance.endpoint(f.target))
	if err != nil {
		return
	}
	defer inner.Close()
	stop := context.AfterFunc(ctx, func() {
		_ = outer.Close()
		_ = inner.Close()
	})
	defer stop()
	var both sync.WaitGroup
	both.Go(func() { pour(inner, outer) })
	both.Go(func() { pour(outer, inner) })
	both.Wait()
}

// pour copies one direction and passes its end on.
func pour(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}
