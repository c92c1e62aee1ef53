package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// A Process names one process for good: a number alone is used again.
type Process struct {
	PID   int    `json:"pid,omitempty"`
	Start uint64 `json:"start,omitempty"` // clock ticks from boot to its start
	Boot  string `json:"boot,omitempty"`  // the kernel's id of that boot
}

// Self returns the calling process.
func Self() (Process, error) { return ProcessOf(os.Getpid()) }

// ProcessOf returns the process that has the number pid now; the error is
// fs.ErrNotExist when none has. One that is over and that nobody has collected
// yet (a container's first process may take its time) is none: it does nothing
// any more and holds nothing.
func ProcessOf(pid int) (Process, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return Process{}, fmt.Errorf("reading the boot id: %w", err)
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Process{}, fmt.Errorf("reading process %d: %w", pid, err)
	}
	if over(string(stat)) {
		return Process{}, fmt.Errorf("reading process %d: it is over: %w", pid, fs.ErrNotExist)
	}
	start, err := startOf(string(stat))
	if err != nil {
		return Process{}, fmt.Errorf("reading process %d: %w", pid, err)
	}
	return Process{PID: pid, Start: start, Boot: strings.TrimSpace(string(boot))}, nil
}

// over reports whether a stat line, in its third field, tells of a process that
// has ended.
func over(stat string) bool {
	state := strings.TrimSpace(stat[strings.LastIndexByte(stat, ')')+1:])
	return strings.HasPrefix(state, "Z") || strings.HasPrefix(state, "X")
}

// startOf returns the 22nd field of a stat line. The second is the program's
// name in brackets and may hold anything, brackets and blanks too.
func startOf(stat string) (uint64, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return 0, fmt.Errorf("%q is no process status", stat)
	}
	return strconv.ParseUint(fields[19], 10, 64)
}

// Alive says whether that very process still runs.
func (p Process) Alive() (bool, error) {
	now, err := ProcessOf(p.PID)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && now == p, err
}
