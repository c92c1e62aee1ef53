// Package network gives containers a network that nobody else sees.
//
// A [Network] is a network namespace held by a process of its own, with a
// bridge in it. Each container has its own namespace, joined to the bridge by
// a virtual cable: so two containers may use the same port, two networks may
// use the same addresses, low ports need no privilege, and nothing of it shows
// on the machine. No helper program and no privilege on the machine is needed.
//
// Where the kernel lets nobody make a bridge or a cable, the network is
// shared: all containers use the holder's namespace and its loopback address,
// and two that listen on one port collide. [Network.Shared] says so, so that
// a caller can refuse that before it starts anything.
//
// Nothing leads out: a container reaches its neighbours and itself. The way in
// is [Network.Dial], which has the holder connect and hand the connected socket
// out.
//
// A network ends with [Network.Close] or with the process that opened it,
// whichever comes first, also after kill -9.
package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/slipway-build/slipway/core/container/internal/control"
)

// Options say what kind of network is wanted.
type Options struct {
	Name   string // for people who look at the list of processes
	Shared bool   // one namespace for all containers, even where more is possible
}

// A Network is a private network. It may be used concurrently.
type Network struct {
	cmd       *exec.Cmd
	client    *control.Client
	namespace *os.File // the holder's
	shared    bool

	mu   sync.Mutex
	next netip.Addr
}

// Open starts the process that holds a network.
func Open(ctx context.Context, opts Options) (*Network, error) {
	cmd := control.Command(Role, opts.Name)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Setpgid: true}
	client, err := control.Start(cmd, cmd.Start)
	if err != nil {
		return nil, fmt.Errorf("starting a network: %w", err)
	}
	n := &Network{cmd: cmd, client: client, next: bridgeAddress.Addr().Next()}
	if err := n.prepare(ctx, opts.Shared); err != nil {
		return nil, errors.Join(fmt.Errorf("starting a network: %w", err), n.Close())
	}
	return n, nil
}

func (n *Network) prepare(ctx context.Context, shared bool) error {
	namespace, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", n.cmd.Process.Pid))
	if err != nil {
		return err
	}
	n.namespace = namespace
	var bridged bool
	if _, err := n.client.Call(ctx, methodOpen, !shared, &bridged); err != nil {
		return err
	}
	n.shared = !bridged
	return nil
}

// Shared reports whether all containers of the network share one namespace.
func (n *Network) Shared() bool { return n.shared }

// Address sets an address aside for a container; it is given to [Network.Attach]
// later, so that every container can be told of all others before any starts.
// On a shared network all addresses are the loopback address.
func (n *Network) Address() netip.Addr {
	if n.shared {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	addr := n.next
	n.next = addr.Next()
	return addr
}

// Start starts cmd where its network will be: in a new namespace, or in the
// shared one.
func (n *Network) Start(cmd *exec.Cmd) error {
	if !n.shared {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWNET
		return cmd.Start()
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if err := unix.Setns(int(n.namespace.Fd()), unix.CLONE_NEWNET); err != nil {
			started <- fmt.Errorf("entering the network: %w", err)
			return
		}
		started <- cmd.Start()
	}()
	return <-started
}

// Attach joins the namespace of the process pid, which [Network.Start] started,
// to the bridge, with an address from [Network.Address]. On a shared network
// there is nothing to do.
func (n *Network) Attach(ctx context.Context, pid int, addr netip.Addr) error {
	if n.shared {
		return nil
	}
	namespace, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		return fmt.Errorf("finding the container's network: %w", err)
	}
	defer namespace.Close()
	if _, err := n.client.Call(ctx, methodAttach, addr, nil, namespace); err != nil {
		return fmt.Errorf("joining the network: %w", err)
	}
	return nil
}

// Dial connects to a TCP port inside the network. A refused connection
// satisfies errors.Is(err, syscall.ECONNREFUSED).
func (n *Network) Dial(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
	file, err := n.client.Call(ctx, methodDial, addr, nil)
	if err != nil {
		return nil, err
	}
	if file == nil {
		return nil, fmt.Errorf("dialling %s: no connection came back", addr)
	}
	defer file.Close()
	return net.FileConn(file)
}

// Close ends the network. Containers that are still joined lose their
// connections.
func (n *Network) Close() error {
	err := n.client.Close()
	if n.namespace != nil {
		_ = n.namespace.Close()
	}
	_ = n.cmd.Wait() // it was told to go; how it goes does not matter
	return err
}
