package action

import (
	"encoding/binary"
	"encoding/hex"
	"net"
	"slices"
	"strconv"
	"strings"
)

// A connection is a TCP socket of this machine, as the kernel tells of it in
// /proc/net/tcp and /proc/net/tcp6.
type connection struct {
	host  net.IP
	port  int
	state int // see the kernel's tcp_states.h
}

// connections reads such a table. Lines that are none of it are left out.
func connections(table []byte) []connection {
	var all []connection
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		if len(fields) < 4 {
			continue
		}
		host, port, ok := strings.Cut(fields[1], ":")
		number, err := strconv.ParseUint(port, 16, 16)
		state, bad := strconv.ParseUint(fields[3], 16, 8)
		ip := kernelIP(host)
		if !ok || err != nil || bad != nil || ip == nil {
			continue
		}
		all = append(all, connection{ip, int(number), int(state)})
	}
	return all
}

// kernelIP reads an address of 4 or 16 bytes, which the kernel writes as
// numbers of four bytes in the order of the machine.
func kernelIP(text string) net.IP {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != net.IPv4len && len(raw) != net.IPv6len {
		return nil
	}
	for word := range slices.Chunk(raw, 4) {
		binary.BigEndian.PutUint32(word, binary.NativeEndian.Uint32(word))
	}
	return raw
}

// busy reports whether somebody is connected, or about to be or no longer to be.
func (c connection) busy() bool {
	const established, timeWait = 1, 6 // between them: opening and closing
	return c.state >= established && c.state <= timeWait
}

// at reports whether the connection is to one of hosts, or to any.
func (c connection) at(hosts []net.IP) bool {
	return slices.ContainsFunc(hosts, func(h net.IP) bool { return h.IsUnspecified() || h.Equal(c.host) })
}
