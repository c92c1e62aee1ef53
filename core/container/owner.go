package container

import (
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// namePrefix begins the name of every container that slipway makes.
const namePrefix = "slipway"

// An Owner is a process, told apart from a later one with the same number by
// the moment it started, and from one with the same number elsewhere by its
// PID namespace.
type Owner struct {
	namespace string // inode of the PID namespace
	pid       int
	start     string // clock ticks since boot
}

// Self returns this process.
func Self() (Owner, error) {
	namespace, err := pidNamespace()
	if err != nil {
		return Owner{}, err
	}
	start, err := startOf(os.Getpid())
	if err != nil {
		return Owner{}, err
	}
	return Owner{namespace, os.Getpid(), start}, nil
}

// String returns the owner as [ParseOwner] reads it: three numbers.
func (o Owner) String() string { return fmt.Sprintf("%s-%d-%s", o.namespace, o.pid, o.start) }

// ParseOwner reads what [Owner.String] wrote.
func ParseOwner(s string) (Owner, bool) {
	parts := strings.Split(s, "-")
	if len(parts) != 3 {
		return Owner{}, false
	}
	pid, err := strconv.Atoi(parts[1])
	return Owner{parts[0], pid, parts[2]}, err == nil && pid > 0
}

// newName returns a name that nothing else has and that tells whose it is.
func newName() (string, error) {
	me, err := Self()
	if err != nil {
		return "", fmt.Errorf("naming a container: %w", err)
	}
	return fmt.Sprintf("%s-%s-%s", namePrefix, me, strings.ToLower(rand.Text())), nil
}

// ownerOf reads what newName wrote.
func ownerOf(name string) (Owner, bool) {
	rest, ok := strings.CutPrefix(name, namePrefix+"-")
	i := strings.LastIndexByte(rest, '-')
	if !ok || i < 0 {
		return Owner{}, false
	}
	return ParseOwner(rest[:i])
}

// Dead reports whether the process has surely ended. Of a process in another
// PID namespace nothing is sure.
func (o Owner) Dead() bool {
	namespace, err := pidNamespace()
	if err != nil || namespace != o.namespace {
		return false
	}
	start, err := startOf(o.pid)
	if os.IsNotExist(err) {
		return true
	}
	return err == nil && start != o.start
}

func pidNamespace() (string, error) {
	link, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return "", err
	}
	return strings.Trim(strings.TrimPrefix(link, "pid:"), "[]"), nil
}

// startOf returns when a process started: field 22 of its stat file. The
// second field is the command in brackets and may hold anything. A zombie has
// ended.
func startOf(pid int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return "", fmt.Errorf("reading /proc/%d/stat: %d fields after the command, want 20 or more", pid, len(fields))
	}
	if fields[0] == "Z" || fields[0] == "X" {
		return "", os.ErrNotExist
	}
	return fields[19], nil
}
