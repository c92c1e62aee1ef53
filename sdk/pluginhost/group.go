package pluginhost

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// attributes make a process the leader of a group, and have it told of the
// host's death. Its lifeline tells it, too; SIGTERM ends one that does not
// listen there.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// killTree kills a group, and what its leader has started in other groups. The
// leader must not be reaped yet.
func killTree(group int) {
	_ = syscall.Kill(-group, syscall.SIGSTOP) // nothing more is started
	strays := halt(group)
	_ = syscall.Kill(-group, syscall.SIGKILL)
	for _, pid := range strays {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// halt stops the processes that a process has started, and those have, as far
// as each was not orphaned, and returns them. Each is stopped before it is asked
// for its own, so that none is started meanwhile and missed.
func halt(pid int) (out []int) {
	for parents := []int{pid}; len(parents) > 0; {
		var children []int
		for _, s := range stats() {
			if slices.Contains(parents, s.parent) {
				_ = syscall.Kill(s.pid, syscall.SIGSTOP)
				children = append(children, s.pid)
			}
		}
		out, parents = append(out, children...), children
	}
	return out
}

// GroupIsOver reports whether every process of a group has ended. One that has,
// and that nobody has collected, counts as ended: a container's first process
// may never collect those that are left to it.
func GroupIsOver(group int) bool {
	if errors.Is(syscall.Kill(-group, 0), syscall.ESRCH) {
		return true
	}
	seen, lives := false, false
	for _, s := range stats() {
		if s.group == group {
			seen, lives = true, lives || !s.over
		}
	}
	return seen && !lives
}

// A stat is what the kernel says of a process.
type stat struct {
	pid, parent, group int
	over               bool // it has ended
}

// stats reads every process's stat file: number, name in brackets, which may
// hold anything, state, parent, group.
func stats() (out []stat) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if len(fields) < 3 {
			continue
		}
		s := stat{pid: pid, over: fields[0] == "Z" || fields[0] == "X"}
		s.parent, _ = strconv.Atoi(fields[1])
		s.group, _ = strconv.Atoi(fields[2])
		out = append(out, s)
	}
	return out
}
