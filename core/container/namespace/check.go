package namespace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"

	"github.com/slipway-build/slipway/core/container/network"
)

// A Finding is one thing that containers need, and how it is here.
type Finding struct {
	Name   string // "user namespaces"
	OK     bool
	Detail string // how it is
	Fix    string // what to do; empty when OK
}

// Check finds out what this machine and this user offer to containers. It
// changes nothing. [Enter] need not have been called.
func Check(ctx context.Context) []Finding {
	findings := []Finding{checkNamespaces(ctx), checkIDs(), checkOverlay()}
	return append(findings, checkNetwork(ctx))
}

func checkNamespaces(ctx context.Context) Finding {
	f := Finding{Name: "namespaces"}
	if os.Geteuid() == 0 && canMount() {
		f.OK, f.Detail = true, "root: a private mount namespace"
		return f
	}
	if !cgo {
		f.Detail, f.Fix = "this binary was built without cgo", "build slipway with CGO_ENABLED=1, or run it as root"
		return f
	}
	cmd := exec.CommandContext(ctx, "/bin/true")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	}
	if err := cmd.Run(); err != nil && !errors.Is(err, os.ErrNotExist) {
		f.Detail = fmt.Sprintf("the kernel lets this user make no user namespace: %v", err)
		f.Fix = namespaceFix()
		return f
	}
	f.OK, f.Detail = true, "user namespaces work"
	return f
}

// namespaceFix names the setting that forbids user namespaces, of the three
// that distributions know.
func namespaceFix() string {
	for _, s := range []struct{ setting, forbids, allow string }{
		{"kernel/apparmor_restrict_unprivileged_userns", "1", "0"},
		{"kernel/unprivileged_userns_clone", "0", "1"},
		{"user/max_user_namespaces", "0", "10000"},
	} {
		value, err := os.ReadFile("/proc/sys/" + s.setting)
		if err == nil && strings.TrimSpace(string(value)) == s.forbids {
			return fmt.Sprintf("as root: sysctl -w %s=%s", strings.ReplaceAll(s.setting, "/", "."), s.allow)
		}
	}
	return "in a container, start it with --security-opt seccomp=unconfined; else run slipway as root"
}

func checkIDs() Finding {
	f := Finding{Name: "user ids", OK: true}
	if os.Geteuid() == 0 {
		f.Detail = "root: all of this namespace's"
		return f
	}
	m := mappable()
	if m.ranges {
		total := uint32(0)
		for _, r := range m.uids {
			total += r.Size
		}
		f.Detail = strconv.FormatUint(uint64(total), 10) + " ids"
		return f
	}
	f.OK, f.Detail = false, m.lack+": one id only, so images whose files or processes belong to others than root do not work"
	f.Fix = fmt.Sprintf("install uidmap (Debian, Ubuntu) or shadow-utils (Fedora), and as root: "+
		"usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s", userName())
	return f
}

func userName() string {
	if me, err := user.Current(); err == nil {
		return me.Username
	}
	return strconv.Itoa(os.Geteuid())
}

func checkOverlay() Finding {
	f := Finding{Name: "overlay"}
	known, err := os.ReadFile("/proc/filesystems")
	if err != nil || !strings.Contains(string(known), "\toverlay\n") {
		f.Detail = "the kernel has no overlay file system loaded: images are copied for every container (vfs), which is slow and takes space"
		f.Fix = "as root: modprobe overlay"
		return f
	}
	f.OK, f.Detail = true, "the kernel has it"
	return f
}

// checkNetwork tries a bridge. Before Enter an ordinary user lacks the power,
// which then says nothing.
func checkNetwork(ctx context.Context) Finding {
	f := Finding{Name: "network"}
	if !canMount() {
		f.OK, f.Detail = true, "not tried: it takes the user namespace"
		return f
	}
	n, err := network.Open(ctx, network.Options{Name: "check"})
	if err != nil {
		f.Detail, f.Fix = err.Error(), "run slipway where network namespaces are allowed; deployments do not work here"
		return f
	}
	defer n.Close()
	if n.Shared() {
		f.Detail = "no bridge or virtual cable can be made: the services of a deployment share one network, and no two may use one port"
		f.Fix = "as root: modprobe -a bridge veth"
		return f
	}
	f.OK, f.Detail = true, "a network for each service"
	return f
}
