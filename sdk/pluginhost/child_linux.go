package pluginhost

import "syscall"

// attributes make a process the leader of a group, and have it told of the
// host's death. Its lifeline tells it, too; SIGTERM ends one that does not
// listen there.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
