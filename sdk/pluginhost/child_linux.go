package pluginhost

import (
	"fmt"
	"os"
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
	strays := descendants(group)
	_ = syscall.Kill(-group, syscall.SIGKILL)
	for _, pid := range strays {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// descendants returns the processes that a process has started, and those
// have, as far as each was not orphaned.
func descendants(pid int) []int {
	children := childrenByParent()
	var out []int
	for next := children[pid]; len(next) > 0; {
		out = append(out, next[0])
		next = append(next[1:], children[next[0]]...)
	}
	return out
}

// childrenByParent reads every process's stat file: number, name in brackets,
// which may hold anything, state, parent.
func childrenByParent() map[int][]int {
	entries, _ := os.ReadDir("/proc")
	out := make(map[int][]int)
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')')+1:]), " ")
		if fields := strings.Fields(rest); len(fields) > 1 {
			parent, _ := strconv.Atoi(fields[1])
			out[parent] = append(out[parent], pid)
		}
	}
	return out
}
