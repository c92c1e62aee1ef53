package network

import (
	"errors"
	"fmt"
	"net/netip"
	"os"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// bridgeAddress is the bridge's own address and the extent of the network. It
// is the same in every network: nobody outside sees it.
var bridgeAddress = netip.MustParsePrefix("10.77.0.1/16")

const bridgeName = "slipway0"

// A bridge joins the cables of containers.
type bridge struct{ link *netlink.Bridge }

// open makes the bridge, and a cable to see whether one can be made.
func (b *bridge) open() error {
	link := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: bridgeName}}
	if err := netlink.LinkAdd(link); err != nil {
		return fmt.Errorf("making a bridge: %w", err)
	}
	if err := configure(&netlink.Handle{}, link, bridgeAddress); err != nil {
		return err
	}
	probe := cable("probe", "probe-end")
	if err := netlink.LinkAdd(probe); err != nil {
		return fmt.Errorf("making a virtual cable: %w", err)
	}
	b.link = link
	return netlink.LinkDel(probe)
}

func cable(near, far string) *netlink.Veth {
	return &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: near}, PeerName: far}
}

// attach lays a cable from the bridge into namespace.
func (b *bridge) attach(addr netip.Addr, namespace *os.File) error {
	if b.link == nil {
		return errors.New("the network has no bridge")
	}
	four := addr.As4()
	near := fmt.Sprintf("c%d-%d", four[2], four[3])
	link := cable(near, "eth0")
	link.PeerNamespace = netlink.NsFd(namespace.Fd())
	link.MasterIndex = b.link.Attrs().Index
	if err := netlink.LinkAdd(link); err != nil {
		return fmt.Errorf("laying a cable to %s: %w", addr, err)
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return fmt.Errorf("bringing %s up: %w", near, err)
	}
	inside, err := netlink.NewHandleAt(netns.NsHandle(namespace.Fd()))
	if err != nil {
		return fmt.Errorf("entering the container's network: %w", err)
	}
	defer inside.Close()
	eth, err := inside.LinkByName("eth0")
	if err != nil {
		return fmt.Errorf("finding eth0: %w", err)
	}
	return configure(inside, eth, netip.PrefixFrom(addr, bridgeAddress.Bits()))
}

// configure gives link an address and brings it up.
func configure(h *netlink.Handle, link netlink.Link, prefix netip.Prefix) error {
	addr, err := netlink.ParseAddr(prefix.String())
	if err != nil {
		return err
	}
	if err := h.AddrAdd(link, addr); err != nil {
		return fmt.Errorf("giving %s the address %s: %w", link.Attrs().Name, prefix, err)
	}
	if err := h.LinkSetUp(link); err != nil {
		return fmt.Errorf("bringing %s up: %w", link.Attrs().Name, err)
	}
	return nil
}
