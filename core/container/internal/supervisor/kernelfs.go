package supervisor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

const inert = unix.MS_NOSUID | unix.MS_NOEXEC | unix.MS_NODEV

// mountProc shows the container's own processes. Where the kernel allows no
// new one (a container inside a container), the machine's stands in.
func mountProc() error {
	err := mountAt("proc", "/proc", inert, "")
	if errors.Is(err, unix.EPERM) {
		return bind("/proc", "/proc")
	}
	return err
}

// mountSys shows the devices of the container's network, read-only. In a
// network that belongs to someone else the machine's /sys stands in.
func mountSys() error {
	err := mountAt("sysfs", "/sys", inert|unix.MS_RDONLY, "")
	if !errors.Is(err, unix.EPERM) {
		return err
	}
	if err := bind("/sys", "/sys"); err != nil {
		return err
	}
	return remountReadOnly("/sys")
}

// maskProc takes away what the kernel guards by user id alone, and an image's
// root has the same number as the machine's.
func maskProc() error {
	for _, name := range []string{"bus", "fs", "irq", "sys", "sysrq-trigger"} {
		if err := readOnly("/proc/" + name); err != nil {
			return err
		}
	}
	for _, name := range []string{"kcore", "keys", "latency_stats", "timer_list", "sched_debug"} {
		err := unix.Mount("/dev/null", "/proc/"+name, "", unix.MS_BIND, "")
		if err != nil && !errors.Is(err, unix.ENOENT) {
			return fmt.Errorf("masking /proc/%s: %w", name, err)
		}
	}
	return nil
}

func readOnly(target string) error {
	err := unix.Mount(target, target, "", unix.MS_BIND|unix.MS_REC, "")
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("guarding %s: %w", target, err)
	}
	return remountReadOnly(target)
}

// mountDev makes the few devices that programs expect. They are the machine's
// own, bound in: making new ones takes a power that ordinary users lack.
func mountDev() error {
	if err := mountAt("tmpfs", "/dev", unix.MS_NOSUID|unix.MS_STRICTATIME, "mode=755,size=65536k"); err != nil {
		return err
	}
	for _, name := range []string{"null", "zero", "full", "random", "urandom", "tty"} {
		if err := bind("/dev/"+name, "/dev/"+name); err != nil {
			return err
		}
	}
	if err := mountAt("devpts", "/dev/pts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"); err != nil {
		return err
	}
	if err := mountAt("tmpfs", "/dev/shm", inert, "mode=1777,size=65536k"); err != nil {
		return err
	}
	links := map[string]string{
		"ptmx": "pts/ptmx", "fd": "/proc/self/fd",
		"stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2",
	}
	for name, target := range links {
		if err := os.Symlink(target, path.Join("/dev", name)); err != nil {
			return fmt.Errorf("making /dev/%s: %w", name, err)
		}
	}
	return nil
}

// writeNames writes the files by which a container finds itself and others.
// There is no name server: every name that resolves stands in /etc/hosts.
func writeNames(c Config) error {
	var hosts strings.Builder
	hosts.WriteString("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n")
	for _, h := range c.Hosts {
		fmt.Fprintf(&hosts, "%s\t%s\n", h.Address, strings.Join(h.Names, " "))
	}
	if err := os.MkdirAll("/etc", 0o755); err != nil {
		return fmt.Errorf("making /etc: %w", err)
	}
	files := map[string]string{
		"/etc/hosts":       hosts.String(),
		"/etc/hostname":    c.Hostname + "\n",
		"/etc/resolv.conf": "",
	}
	for name, text := range files {
		if err := replace(name, text); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a file, which in the image may be a link to nowhere.
func replace(name, text string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replacing %s: %w", name, err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}
