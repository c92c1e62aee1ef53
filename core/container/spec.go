package container

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"slices"

	"github.com/slipway-build/slipway/core/container/internal/supervisor"
	"github.com/slipway-build/slipway/core/container/network"
	"github.com/slipway-build/slipway/sdk/platform"
)

// A Spec says what a container is. Only ImageID is needed.
type Spec struct {
	ImageID    string   // "sha256:…"
	Name       string   // for people; empty: the image's ID
	Entrypoint []string // nil: the image's; else the image's command is dropped as well
	Command    []string // nil: the image's
	Env        []string // "NAME=value", on top of the image's
	User       string   // empty: the image's
	WorkDir    string   // empty: the image's
	Hostname   string   // empty: Name
	Mounts     []Mount
	ReadOnly   bool // nothing but mounts may be written
	Hosts      []Host
	Network    *network.Network // nil: a network of its own, with nothing but itself in it
	Address    netip.Addr       // on Network; the zero Addr: one is taken
	Isolation  string           // "chroot" (also when empty)
	StopSignal string           // "SIGTERM" or "15"; empty: the image's, else SIGTERM
	Stdin      io.Reader        // nil: empty
	Stdout     io.Writer        // nil: dropped
	Stderr     io.Writer        // nil: dropped
}

// A Host is a name, or several, for an address.
type Host struct {
	Address netip.Addr
	Names   []string
}

// A Mount puts a file, a directory or a file system of memory into a
// container.
type Mount struct {
	Source   string // absolute, on this machine; empty: a tmpfs
	Target   string // absolute, in the container; made when it is not there
	ReadOnly bool
	CopyUp   bool   // a source directory that is empty first gets what the image has at Target
	Size     int64  // of a tmpfs, in bytes; 0: the kernel's default
	Mode     uint32 // of a tmpfs; 0: 1777
}

// hostname returns the name the container knows itself by.
func (s Spec) hostname() string {
	name := s.Hostname
	if name == "" {
		name = s.name()
	}
	return name[:min(len(name), 63)] // what the kernel holds, less the end mark
}

func (s Spec) name() string {
	if s.Name != "" {
		return s.Name
	}
	return bareID(s.ImageID)[:min(12, len(bareID(s.ImageID)))]
}

// process merges the spec with the image's config, by the rules of docker run.
func (s Spec) process(image Config) supervisor.Process {
	entrypoint, command := s.Entrypoint, s.Command
	if entrypoint == nil {
		entrypoint = image.Entrypoint
		if command == nil {
			command = image.Cmd
		}
	}
	env := slices.Concat([]string{"HOSTNAME=" + s.hostname()}, image.Env, s.Env)
	return supervisor.Process{
		Args:    slices.Concat(entrypoint, command),
		Env:     env,
		User:    orElse(s.User, image.User),
		WorkDir: orElse(s.WorkDir, image.WorkingDir),
	}
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// check refuses what could only fail later, or be ignored.
func (s Spec) check(image Config) error {
	if s.Isolation != "" && s.Isolation != "chroot" {
		return fmt.Errorf("starting %s: containers know no isolation %q, only \"chroot\"", s.name(), s.Isolation)
	}
	if image.OS == "" && image.Architecture == "" {
		return nil
	}
	if err := platform.Runs(cmp.Or(image.OS, runtime.GOOS) + "/" + cmp.Or(image.Architecture, runtime.GOARCH)); err != nil {
		return fmt.Errorf("starting %s: %w", s.name(), err)
	}
	return nil
}

// config returns what the supervisor is told.
func (s Spec) config(root string, image Config) supervisor.Config {
	c := supervisor.Config{
		Root:     root,
		Hostname: s.hostname(),
		ReadOnly: s.ReadOnly,
		OwnNet:   s.Network == nil || !s.Network.Shared(),
		Process:  s.process(image),
	}
	for _, h := range s.Hosts {
		c.Hosts = append(c.Hosts, supervisor.Host{Address: h.Address.String(), Names: h.Names})
	}
	for _, m := range s.Mounts {
		c.Mounts = append(c.Mounts, supervisor.Mount{
			Source: m.Source, Target: m.Target, ReadOnly: m.ReadOnly, Size: m.Size, Mode: m.Mode,
		})
	}
	return c
}
