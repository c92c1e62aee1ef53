package leash

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// children returns the processes that this one is the parent of. Nobody else
// collects them, so their numbers stay theirs.
func children() []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var out []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err == nil && parentOf(pid) == os.Getpid() {
			out = append(out, pid)
		}
	}
	return out
}

// parentOf returns the parent of a process: the second field behind its name,
// which stands in brackets and may hold anything; 0 when it is gone.
func parentOf(pid int) int {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}
