// Package namespace puts the process where it may keep containers: root in a
// mount namespace of its own, anybody else in a user namespace in which he is
// root.
//
// [Enter] is called once, before anything else, by the commands that touch
// container storage; the processes they start inherit the place. For root it
// costs one exec and no process: the mount namespace makes sure that kill -9
// leaves no mount behind. For anybody else it costs a process that does nothing
// but pass signals on and the exit code back; the kernel kills the inner process
// when the outer one dies.
//
// An ordinary user gets all the ids that /etc/subuid and /etc/subgid set aside
// for him, when newuidmap and newgidmap are there to map them; else just one,
// which suffices for images whose files all belong to root. [Check] tells which
// it will be, and what to install.
package namespace

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"github.com/containers/storage/pkg/unshare"
	"golang.org/x/sys/unix"
)

// marker is the environment variable that tells a process it is there already.
// Its value is the process's own number, so that a child that inherits it is
// not misled.
const marker = "_SLIPWAY_NAMESPACE"

// errNoCgo is returned by binaries that cannot enter a user namespace.
var errNoCgo = errors.New("this slipway was built without cgo and cannot enter a user namespace: " +
	"build it with CGO_ENABLED=1, or run it as root")

// Enter moves the process into its namespace. It returns in the process that
// is there; for anybody but root that is a child, and the parent never
// returns: it exits as the child does.
func Enter() error {
	if os.Getenv(marker) == strconv.Itoa(os.Getpid()) || inside() {
		return os.Unsetenv(marker)
	}
	if os.Geteuid() == 0 && canMount() {
		return enterMounts()
	}
	if !cgo {
		return errNoCgo
	}
	return enterUser()
}

// inside reports whether an outer process of ours made the user namespace that
// this process is root of.
func inside() bool {
	return os.Geteuid() == 0 && os.Getenv(unshare.UsernsEnvName) != ""
}

func canMount() bool {
	has, err := unshare.HasCapSysAdmin()
	return err == nil && has
}

// enterMounts starts this program again, as the same process, in a mount
// namespace of its own.
func enterMounts() error {
	runtime.LockOSThread() // exec replaces all threads by this one
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("making a mount namespace: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("keeping mounts private: %w", err)
	}
	// Set, not appended: of two values in an environment the first counts, and
	// a slipway that a slipway has started may have inherited one.
	if err := os.Setenv(marker, strconv.Itoa(os.Getpid())); err != nil {
		return fmt.Errorf("marking the process as entered: %w", err)
	}
	if err := syscall.Exec("/proc/self/exe", os.Args, os.Environ()); err != nil {
		return fmt.Errorf("starting again in the mount namespace: %w", err)
	}
	return nil
}
