package supervisor

import "syscall"

// Role is the name under which the binary is started to be a supervisor.
const Role = "slipway-container"

// The calls that a supervisor answers.
const (
	MethodStart  = "start"  // Config → Started
	MethodWait   = "wait"   // nothing → Exit, when the main process has ended
	MethodSignal = "signal" // syscall.Signal → nothing, to the main process
	MethodExec   = "exec"   // Process, files 0–2 → Exit
	MethodDial   = "dial"   // port → a connected socket
)

// A Config is what a container consists of.
type Config struct {
	Root     string // its file system on this machine, mounted
	Hostname string
	Hosts    []Host
	Mounts   []Mount
	ReadOnly bool // nothing but mounts may be written
	OwnNet   bool // the network namespace is this container's alone
	Process  Process
}

// A Host is one line of /etc/hosts.
type Host struct {
	Address string
	Names   []string
}

// A Mount puts something into a container. A file system of memory has no
// source.
type Mount struct {
	Source   string // absolute, on this machine; empty: a tmpfs
	Target   string // absolute, in the container
	ReadOnly bool
	Size     int64  // of a tmpfs, in bytes; 0: the kernel's default
	Mode     uint32 // of a tmpfs; 0: 1777
}

// A Process is what runs in a container.
type Process struct {
	Args    []string
	Env     []string // "NAME=value"; later ones win
	User    string   // "uid", "uid:gid", "name", "name:group"; empty: root
	WorkDir string   // absolute; made when it is not there; empty: "/"
}

// An Exit is how a process ended.
type Exit struct {
	Code   int            // 128 + Signal when a signal ended it
	Signal syscall.Signal // 0: it exited
}

func exitOf(status syscall.WaitStatus) Exit {
	if status.Signaled() {
		return Exit{Code: 128 + int(status.Signal()), Signal: status.Signal()}
	}
	return Exit{Code: status.ExitStatus()}
}
