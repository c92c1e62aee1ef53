// Package platform says what can be built and run where. A platform is a text
// as docker writes it, "linux/arm64" or "linux/arm/v7".
//
// What a machine can execute is found out by executing: a program of a hundred
// bytes, which does nothing but end. The table of emulators in
// /proc/sys/fs/binfmt_misc would be the place to read, but in a container it is
// usually not mounted, while the emulators of the host work there all the same.
package platform

import (
	"fmt"
	"runtime"
	"strings"
)

// Own returns the platform of this machine: "linux/amd64".
func Own() string { return "linux/" + runtime.GOARCH }

// Parts returns the operating system, the architecture and the variant of a
// platform; what is not told is "".
func Parts(platform string) (system, architecture, variant string) {
	parts := append(strings.SplitN(platform, "/", 3), "", "")
	return parts[0], parts[1], parts[2]
}

// Canonical returns the name of a platform that registries use, of several that
// mean the same: "linux/arm64" for "linux/arm64/v8".
func Canonical(platform string) string {
	for _, same := range []struct{ name, wanted string }{
		{"/amd64/v1", "/amd64"},
		{"/arm64/v8", "/arm64"},
		{"/arm", "/arm/v7"},
	} {
		if rest, ok := strings.CutSuffix(platform, same.name); ok {
			return rest + same.wanted
		}
	}
	return platform
}

// A ForeignError says that this machine cannot execute programs of a platform.
type ForeignError struct{ Platform string }

// Error names both platforms and what is missing.
func (e *ForeignError) Error() string {
	return fmt.Sprintf("this machine, %s, cannot execute programs for %s: no emulator for it is registered in /proc/sys/fs/binfmt_misc", Own(), e.Platform)
}

// Fix returns what to do.
func (e *ForeignError) Fix() string {
	return "register an emulator (package qemu-user-static), or use a machine of that platform"
}

// Runs returns nil when this machine executes programs of a platform, itself or
// with an emulator, and otherwise a [ForeignError].
func Runs(platform string) error {
	system, architecture, _ := Parts(platform)
	if system == "linux" && (architecture == runtime.GOARCH || probe(architecture)) {
		return nil
	}
	return &ForeignError{Platform: platform}
}
