package supervisor

import (
	"os"
	"runtime"
	"sync"
	"syscall"
)

// A reaper starts processes and collects every child that ends: the ones it
// started, whose status it passes on, and orphans, which process 1 inherits
// and nobody asks for.
type reaper struct {
	launches chan func() // run by the one thread whose capabilities are limited

	mu      sync.Mutex
	started *sync.Cond
	waiting map[int]chan<- syscall.WaitStatus
}

func newReaper() *reaper {
	r := &reaper{launches: make(chan func()), waiting: make(map[int]chan<- syscall.WaitStatus)}
	r.started = sync.NewCond(&r.mu)
	return r
}

// launch serves launches from a thread of its own: capabilities belong to
// threads, and a child has those of the thread that forked it.
func (r *reaper) launch(limited chan<- error) {
	runtime.LockOSThread()
	err := limitCapabilities()
	limited <- err
	for err == nil {
		(<-r.launches)()
	}
}

// start starts p with files as its standard descriptors. The channel gives
// its status once.
func (r *reaper) start(p Process, files []*os.File) (pid int, ended <-chan syscall.WaitStatus, err error) {
	path, attr, err := prepare(p, files)
	if err != nil {
		return 0, nil, err
	}
	done := make(chan struct{})
	r.launches <- func() {
		defer close(done)
		pid, ended, err = r.fork(path, p.Args, attr)
	}
	<-done
	if err != nil {
		return 0, nil, startError(path, p, err)
	}
	return pid, ended, nil
}

func (r *reaper) fork(path string, args []string, attr *syscall.ProcAttr) (int, <-chan syscall.WaitStatus, error) {
	r.mu.Lock() // the child may end before it is entered below
	defer r.mu.Unlock()
	pid, err := syscall.ForkExec(path, args, attr)
	if err != nil {
		return 0, nil, err
	}
	ended := make(chan syscall.WaitStatus, 1)
	r.waiting[pid] = ended
	r.started.Signal()
	return pid, ended, nil
}

// run collects children for ever.
func (r *reaper) run() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err == syscall.ECHILD:
			r.idle()
		case err == nil && (status.Exited() || status.Signaled()):
			r.ended(pid, status)
		}
	}
}

// idle waits until there is a child.
func (r *reaper) idle() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.waiting) == 0 {
		r.started.Wait()
	}
}

func (r *reaper) ended(pid int, status syscall.WaitStatus) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.waiting[pid]; ok {
		delete(r.waiting, pid)
		c <- status
	}
}
