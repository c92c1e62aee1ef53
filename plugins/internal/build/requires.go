package build

import "github.com/slipway-build/slipway/sdk/strategy"

// Requires returns what a strategy that builds here may want on the machine.
func Requires() []strategy.Requirement {
	return []strategy.Requirement{{
		Kind:     "command",
		Name:     "runc",
		Optional: true,
		Hint:     "install runc to build with isolation: oci",
	}}
}

// Transports returns where bases can be read from.
func Transports() []string {
	return []string{"containers-storage", "dir", "docker", "docker-archive", "oci", "oci-archive"}
}
