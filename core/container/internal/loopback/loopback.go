// Package loopback makes a new network namespace usable: a namespace is born
// with its loopback interface down, and with low ports kept for root.
package loopback

import (
	"fmt"
	"os"

	"github.com/vishvananda/netlink"
)

const lowPorts = "/proc/sys/net/ipv4/ip_unprivileged_port_start"

// Open brings the loopback interface of the calling process's network
// namespace up, and lets every process there listen on any port.
func Open() error {
	if err := os.WriteFile(lowPorts, []byte("0"), 0); err != nil {
		return fmt.Errorf("opening low ports: %w", err)
	}
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("finding the loopback interface: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("bringing the loopback interface up: %w", err)
	}
	return nil
}
