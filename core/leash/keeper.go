package leash

import (
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// role is the name under which this binary is a keeper.
const role = "slipway-keeper"

// Main is a keeper when the process was started as one by [Run], and reports
// whether that was so. A program that runs others on a leash calls it first
// thing, with [os.Args], and exits with the code when handled is true.
func Main(args []string) (code int, handled bool) {
	if len(args) < 4 || args[0] != role {
		return 0, false
	}
	grace, err := time.ParseDuration(args[1])
	if err != nil {
		return 1, true
	}
	runtime.LockOSThread() // the program is killed with the thread that started it
	unix.CloseOnExec(3)
	k := &keeper{line: os.NewFile(3, "leash"), grace: grace}
	return k.keep(args[2], args[3:]), true
}

// A keeper waits for one program.
type keeper struct {
	line  *os.File // to slipway; at its end slipway has ended or given up
	grace time.Duration
}

// keep runs the program and reports its end.
func (k *keeper) keep(path string, argv []string) (code int) {
	ignore := make(chan os.Signal, 1) // not SIG_IGN, which the program would inherit
	signal.Notify(ignore, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return 1
	}
	pid, err := syscall.ForkExec(path, argv, &syscall.ProcAttr{
		Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	})
	if err != nil {
		errno, _ := err.(syscall.Errno) //nolint:errorlint // it is what ForkExec returns
		return k.tell(report{Errno: errno})
	}
	given := make(chan struct{}) // up, by slipway
	go func() {
		_, _ = io.Copy(io.Discard, k.line)
		close(given)
	}()
	go k.end(given, pid)
	return k.tell(report{Status: k.wait(given, pid)})
}

func (k *keeper) tell(r report) int {
	if json.NewEncoder(k.line).Encode(r) != nil {
		return 1 // nobody is there any more
	}
	return 0
}

// wait collects children until the program has ended, and every other one as
// well when slipway gave up.
func (k *keeper) wait(given <-chan struct{}, pid int) (ended syscall.WaitStatus) {
	over := false
	for {
		var status syscall.WaitStatus
		child, err := syscall.Wait4(-1, &status, 0, nil)
		if err == syscall.ECHILD {
			return ended
		}
		if child == pid && (status.Exited() || status.Signaled()) {
			ended, over = status, true
		}
		select {
		case <-given:
		default:
			if over {
				return ended
			}
		}
	}
}

// end ends the program and all that it started when slipway gives up. Who loses
// its parent becomes the keeper's child, so that in the end everything is.
func (k *keeper) end(given <-chan struct{}, pid int) {
	<-given
	_ = syscall.Kill(-pid, syscall.SIGTERM)
	time.Sleep(k.grace)
	for {
		for _, child := range children() {
			_ = syscall.Kill(child, syscall.SIGKILL)
		}
		time.Sleep(time.Millisecond)
	}
}
