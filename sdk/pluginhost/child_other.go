//go:build !linux

package pluginhost

import "syscall"

// attributes make a process the leader of a group.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// killTree kills a group. What its leader has started in other groups is not
// known here.
func killTree(group int) { _ = syscall.Kill(-group, syscall.SIGKILL) }
