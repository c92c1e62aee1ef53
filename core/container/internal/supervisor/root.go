package supervisor

import (
	"fmt"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// oldRoot is where the machine's own file system stands for the moments
// between moving out of it and letting go of it.
const oldRoot = "/.slipway-old-root"

// buildRoot moves this process into c.Root and mounts there what c asks for.
// Every target is resolved after the move, so a symbolic link in an image
// leads nowhere but into the image.
func buildRoot(c Config) error {
	if err := pivot(c.Root); err != nil {
		return err
	}
	steps := []func() error{
		mountProc, mountSys, mountDev,
		func() error { return writeNames(c) },
		func() error { return mountAll(c.Mounts) },
		leaveOldRoot,
		maskProc,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if _, err := makeWorkDir(c.Process); err != nil || !c.ReadOnly {
		return err
	}
	return remountReadOnly("/")
}

// pivot makes root the root, with the old one still at oldRoot.
func pivot(root string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keeping mounts private: %w", err)
	}
	if err := unix.Mount(root, root, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mounting %s: %w", root, err)
	}
	if err := os.MkdirAll(root+oldRoot, 0o700); err != nil {
		return fmt.Errorf("preparing the root directory: %w", err)
	}
	if err := unix.PivotRoot(root, root+oldRoot); err != nil {
		return fmt.Errorf("changing the root directory to %s: %w", root, err)
	}
	return os.Chdir("/")
}

func leaveOldRoot() error {
	if err := unix.Unmount(oldRoot, unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leaving the old root directory: %w", err)
	}
	return os.Remove(oldRoot)
}

// mountAt makes target and mounts something there.
func mountAt(kind, target string, flags uintptr, options string) error {
	if err := os.MkdirAll(target, 0o755); err != nil {
		return fmt.Errorf("making %s: %w", target, err)
	}
	if err := unix.Mount(kind, target, kind, flags, options); err != nil {
		return fmt.Errorf("mounting %s: %w", target, err)
	}
	return nil
}

// bind mounts source, on the machine, at target, with all that is mounted
// below it.
func bind(source, target string) error {
	from := path.Join(oldRoot, source)
	info, err := os.Stat(from)
	if err != nil {
		return fmt.Errorf("mounting %s at %s: %w", source, target, err)
	}
	if err := makeTarget(target, info.IsDir()); err != nil {
		return fmt.Errorf("making %s: %w", target, err)
	}
	if err := unix.Mount(from, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mounting %s at %s: %w", source, target, err)
	}
	return nil
}

func makeTarget(target string, dir bool) error {
	if dir {
		return os.MkdirAll(target, 0o755)
	}
	if err := os.MkdirAll(path.Dir(target), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(target, os.O_CREATE|os.O_RDONLY, 0o644)
	if err != nil {
		return err
	}
	return f.Close()
}

// remountReadOnly makes the mount at target read-only. Flags that a user
// namespace must not take off a mount are kept.
func remountReadOnly(target string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(target, &st); err != nil {
		return fmt.Errorf("making %s read-only: %w", target, err)
	}
	const lockable = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_NOATIME | unix.MS_NODIRATIME | unix.MS_RELATIME
	flags := uintptr(st.Flags)&lockable | unix.MS_REMOUNT | unix.MS_BIND | unix.MS_RDONLY
	if err := unix.Mount("", target, "", flags, ""); err != nil {
		return fmt.Errorf("making %s read-only: %w", target, err)
	}
	return nil
}

func mountAll(mounts []Mount) error {
	for _, m := range mounts {
		if err := m.mount(); err != nil {
			return err
		}
	}
	return nil
}

func (m Mount) mount() error {
	if m.Source == "" {
		options := fmt.Sprintf("mode=%o", m.mode())
		if m.Size > 0 {
			options += fmt.Sprintf(",size=%d", m.Size)
		}
		return mountAt("tmpfs", m.Target, unix.MS_NOSUID|unix.MS_NODEV|m.flags(), options)
	}
	if err := bind(m.Source, m.Target); err != nil || !m.ReadOnly {
		return err
	}
	return remountReadOnly(m.Target)
}

func (m Mount) mode() uint32 {
	if m.Mode == 0 {
		return 0o1777
	}
	return m.Mode
}

func (m Mount) flags() uintptr {
	if m.ReadOnly {
		return unix.MS_RDONLY
	}
	return 0
}
