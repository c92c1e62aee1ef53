// Package leash runs programs of this machine that do not outlive slipway.
//
// Between slipway and a program stands a keeper: this binary again, which waits
// for the program and for slipway's end, whatever comes first. A program that
// ends is left in peace, with all that it left in the background on purpose. When
// slipway is killed meanwhile, or gives up, the program and everything it started
// are asked to end (SIGTERM to its process group), and are killed after a time of
// grace, however they shield themselves: orphans become the keeper's children,
// in whatever session they are.
//
// Nothing is written down for that and nothing has to be swept later, so there is
// no moment at which kill -9 leaves a program behind, and no number of a process
// that is another one by then. The price is one more start of this binary, a few
// milliseconds.
//
// Strategies have no keeper but a pluginhost.Guard: their host is a library whose
// main may be anybody's, and every build would pay for the start. The guard in
// turn cannot wait for a command's orphans, nor say how the command ended.
package leash

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// slack is how much longer than its time of grace a keeper may take.
const slack = 5 * time.Second

// Run runs cmd to its end; it was made by [exec.CommandContext], and neither its
// Cancel, its SysProcAttr nor its ExtraFiles are set. When the context ends, the
// program has that much grace. The error is an [*ExitError] when the program was
// started and did not end well.
func Run(cmd *exec.Cmd, grace time.Duration) error {
	if cmd.Err != nil {
		return cmd.Err
	}
	if cmd.Dir != "" { // else it would be said of the keeper
		if _, err := os.Stat(cmd.Dir); err != nil {
			return err
		}
	}
	path := cmd.Path
	ours, theirs, err := pair()
	if err != nil {
		return fmt.Errorf("making a keeper: %w", err)
	}
	defer ours.Close()
	cmd.Args = append([]string{role, grace.String(), path}, cmd.Args...)
	cmd.Path = "/proc/self/exe"
	cmd.ExtraFiles = []*os.File{theirs}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Shutdown(int(ours.Fd()), syscall.SHUT_WR) }
	cmd.WaitDelay = grace + slack
	err = cmd.Start()
	_ = theirs.Close()
	if err != nil {
		return err
	}
	err = cmd.Wait()
	return end(path, ours, err)
}

// pair returns two ends of a connection that no other child inherits.
func pair() (ours, theirs *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	return os.NewFile(uintptr(fds[0]), "leash"), os.NewFile(uintptr(fds[1]), "leash"), nil
}

// end reads how the program ended; kept is how its keeper did.
func end(path string, ours io.Reader, kept error) error {
	var r report
	if err := json.NewDecoder(ours).Decode(&r); err != nil {
		return errors.Join(fmt.Errorf("its keeper ended first: %w", err), kept)
	}
	switch {
	case r.Errno != 0:
		return &fs.PathError{Op: "fork/exec", Path: path, Err: r.Errno}
	case r.Status.Exited() && r.Status.ExitStatus() == 0:
		return kept
	default:
		return &ExitError{Status: r.Status}
	}
}

// A report is what a keeper says of its program: why it could not be started, or
// how it ended.
type report struct {
	Errno  syscall.Errno
	Status syscall.WaitStatus
}

// An ExitError is a program that ended with another exit code than 0, or by a
// signal.
type ExitError struct{ Status syscall.WaitStatus }

// Error says how it ended: "exit status 3", "signal: killed".
func (e *ExitError) Error() string {
	if e.Status.Signaled() {
		return "signal: " + e.Status.Signal().String()
	}
	return fmt.Sprintf("exit status %d", e.Status.ExitStatus())
}

// ExitCode returns the exit code of a program: -1 when it was ended by a signal
// or not started.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	if exit, ok := errors.AsType[*ExitError](err); ok {
		return exit.Status.ExitStatus()
	}
	return -1
}
