package namespace

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"runtime"
	"syscall"

	"github.com/containers/storage/pkg/unshare"
	"github.com/opencontainers/runtime-spec/specs-go"
)

// ids are the user and group ids that a namespace maps.
type ids struct {
	uids, gids []specs.LinuxIDMapping
	ranges     bool   // more than the user's own
	lack       string // why there are no ranges
}

// enterUser runs this program again as root of a user namespace and exits as
// it exits.
func enterUser() error {
	runtime.LockOSThread() // the child dies with the thread that started it
	cmd := command(mappable())
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("entering a user namespace: %w", err)
	}
	go forward(signals, cmd.Process)
	err := cmd.Wait()
	signal.Stop(signals)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(code(exit))
	}
	if err != nil {
		return fmt.Errorf("waiting in front of the user namespace: %w", err)
	}
	os.Exit(0)
	return nil
}

func command(m ids) *unshare.Cmd {
	cmd := unshare.Command(os.Args...)
	cmd.Env = append(os.Environ(), unshare.UsernsEnvName+"=done")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.UnshareFlags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS
	cmd.UidMappings, cmd.GidMappings = m.uids, m.gids
	cmd.UseNewuidmap, cmd.UseNewgidmap, cmd.GidMappingsEnableSetgroups = m.ranges, m.ranges, m.ranges
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	return cmd
}

// forward passes signals on. A terminal sends its own to the whole foreground
// group, the child included; a second one does no harm there.
func forward(signals <-chan os.Signal, child *os.Process) {
	for s := range signals {
		_ = child.Signal(s)
	}
}

func code(exit *exec.ExitError) int {
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}

// mappable returns the widest mapping this user may have, with his own ids as
// root's.
func mappable() ids {
	own := ids{
		uids: []specs.LinuxIDMapping{{HostID: uint32(os.Geteuid()), Size: 1}},
		gids: []specs.LinuxIDMapping{{HostID: uint32(os.Getegid()), Size: 1}},
	}
	for _, tool := range []string{"newuidmap", "newgidmap"} {
		if _, err := exec.LookPath(tool); err != nil {
			own.lack = tool + " is not installed"
			return own
		}
	}
	me, err := user.Current()
	if err != nil {
		own.lack = fmt.Sprintf("the user with id %d has no name", os.Geteuid())
		return own
	}
	uids, gids, err := unshare.GetSubIDMappings(me.Username, me.Username)
	if err != nil || len(uids) == 0 || len(gids) == 0 {
		own.lack = fmt.Sprintf("user %s has no range in /etc/subuid and /etc/subgid", me.Username)
		return own
	}
	return ids{uids: after(own.uids, uids), gids: after(own.gids, gids), ranges: true}
}

// after puts ranges one after the other, beginning where first ends.
func after(first, ranges []specs.LinuxIDMapping) []specs.LinuxIDMapping {
	out, next := first, uint32(1)
	for _, r := range ranges {
		out = append(out, specs.LinuxIDMapping{ContainerID: next, HostID: r.HostID, Size: r.Size})
		next += r.Size
	}
	return out
}
