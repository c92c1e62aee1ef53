package build

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/containers/storage/pkg/reexec"
	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"
)

// Reexec makes this process what a build started it for, and reports whether
// it was started for one: then main returns at once. It must be called first
// thing in main, once, before flags, environment or threads are touched.
// buildah starts the binary again for its own purposes too; those are served
// as well.
func Reexec() bool {
	reexec.Register(workerName, workerMain)
	return reexec.Init()
}

// File descriptors that a worker is started with, beyond the standard ones.
const (
	fdTell  = 3
	fdLease = 4
)

// workerMain is main of a worker. Standard output is not ours to use.
func workerMain() {
	unix.CloseOnExec(fdTell)
	unix.CloseOnExec(fdLease)
	mountProc()
	var spec Spec
	dec := json.NewDecoder(os.Stdin)
	if err := dec.Decode(&spec); err != nil {
		fmt.Fprintf(os.Stderr, "reading the orders: %v\n", err)
		os.Exit(1)
	}
	go dieWith(io.MultiReader(dec.Buffered(), os.Stdin))
	t := newTeller(os.NewFile(fdTell, "tell"))
	s := newSteps(t)
	logrus.SetLevel(logrus.WarnLevel)
	logrus.SetFormatter(&logrus.TextFormatter{DisableTimestamp: true})
	logrus.SetOutput(s.writer(true))
	done, err := carryOut(context.Background(), spec, s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	t.tell(message{Completed: &done})
	os.Exit(0)
}

// mountProc makes /proc show the worker's PID namespace. A container whose
// /proc is masked does not allow that; then the outer one stays, in which
// everything but a RUN that looks up its own number finds itself.
func mountProc() {
	_ = unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
}

// dieWith ends the worker when the plugin closes the pipe by dying.
func dieWith(orders io.Reader) {
	_, _ = io.Copy(io.Discard, orders)
	os.Exit(1)
}
