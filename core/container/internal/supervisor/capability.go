package supervisor

import (
	"fmt"

	"github.com/moby/sys/capability"
)

// keptCapabilities are what root in a container may have: what container
// engines have long agreed on, less what only matters to device nodes.
func keptCapabilities() []capability.Cap {
	return []capability.Cap{
		capability.CAP_CHOWN, capability.CAP_DAC_OVERRIDE, capability.CAP_FOWNER, capability.CAP_FSETID,
		capability.CAP_KILL, capability.CAP_NET_BIND_SERVICE, capability.CAP_SETFCAP, capability.CAP_SETGID,
		capability.CAP_SETPCAP, capability.CAP_SETUID, capability.CAP_SYS_CHROOT,
	}
}

// limitCapabilities takes everything else out of the calling thread's bounding
// set. The thread keeps what it has; what it starts, root or not, cannot get it
// back.
func limitCapabilities() error {
	caps, err := capability.NewPid2(0)
	if err != nil {
		return fmt.Errorf("reading capabilities: %w", err)
	}
	if err := caps.Load(); err != nil {
		return fmt.Errorf("reading capabilities: %w", err)
	}
	caps.Unset(capability.INHERITABLE, capability.ListKnown()...)
	caps.Clear(capability.AMBS)
	caps.Clear(capability.BOUNDS)
	caps.Set(capability.BOUNDING, keptCapabilities()...)
	if err := caps.Apply(capability.CAPS | capability.BOUNDS | capability.AMBS); err != nil {
		return fmt.Errorf("limiting capabilities: %w", err)
	}
	return nil
}
