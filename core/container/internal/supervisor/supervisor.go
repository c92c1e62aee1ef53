// Package supervisor is the first process of a container: process 1 of its own
// PID namespace, alone in its mount, IPC and host name namespaces, and in the
// network namespace it was started in.
//
// It builds the root file system out of a directory, moves into it for good
// (pivot_root; nothing of the machine's own files stays reachable), gives up
// every capability that a container should not have, starts the main process
// and collects what dies. Everything in the container is its descendant, so
// when it ends the kernel kills all of it, at once and without exception; and
// it ends when its control socket closes.
//
// Unlike buildah's chroot isolation, which needs two more copies of the binary
// per process, the program is started straight from here: a container is up in
// a few milliseconds, its standard error holds its own words only, and its exit
// status arrives whole, signals included.
package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	"github.com/slipway-build/slipway/core/container/internal/control"
	"github.com/slipway-build/slipway/core/container/internal/loopback"
)

// Main serves the inherited control socket until it closes, and returns the
// exit code of the process.
func Main() int {
	s := &supervisor{reaper: newReaper(), main: make(chan struct{})}
	go s.reaper.run()
	if err := control.Serve(context.Background(), s.handle); err != nil && !errors.Is(err, io.EOF) {
		return 1
	}
	return 0
}

type supervisor struct {
	reaper *reaper

	start sync.Mutex
	pid   int           // of the main process; 0: not started
	main  chan struct{} // closed when the main process has ended
	exit  Exit          // of the main process
}

func (s *supervisor) handle(ctx context.Context, call control.Call) (control.Answer, error) {
	switch call.Method {
	case MethodStart:
		return s.handleStart(call)
	case MethodWait:
		return s.handleWait(ctx)
	case MethodSignal:
		return s.handleSignal(call)
	case MethodExec:
		return s.handleExec(ctx, call)
	case MethodDial:
		return handleDial(ctx, call)
	default:
		return control.Answer{}, fmt.Errorf("a container knows no call %q", call.Method)
	}
}

func (s *supervisor) handleStart(call control.Call) (control.Answer, error) {
	var c Config
	if err := json.Unmarshal(call.Params, &c); err != nil {
		return control.Answer{}, err
	}
	s.start.Lock()
	defer s.start.Unlock()
	if s.pid != 0 {
		return control.Answer{}, errors.New("the container has been started already")
	}
	if err := s.enter(c); err != nil {
		return control.Answer{}, err
	}
	pid, ended, err := s.reaper.start(c.Process, []*os.File{os.Stdin, os.Stdout, os.Stderr})
	if err != nil {
		return control.Answer{}, err
	}
	releaseStdio()
	s.pid = pid
	go func() {
		s.exit = exitOf(<-ended)
		close(s.main)
	}()
	return control.Answer{}, nil
}

// enter makes the container around this process.
func (s *supervisor) enter(c Config) error {
	if err := syscall.Sethostname([]byte(c.Hostname)); err != nil {
		return fmt.Errorf("setting the host name %q: %w", c.Hostname, err)
	}
	if c.OwnNet {
		if err := loopback.Open(); err != nil {
			return err
		}
	}
	if err := buildRoot(c); err != nil {
		return err
	}
	limited := make(chan error)
	go s.reaper.launch(limited)
	return <-limited
}

// releaseStdio lets go of the container's output, so that its readers see the
// end when the container's own processes are done with it.
func releaseStdio() {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer null.Close()
	for fd := range 3 {
		_ = syscall.Dup3(int(null.Fd()), fd, 0)
	}
}

func (s *supervisor) handleWait(ctx context.Context) (control.Answer, error) {
	select {
	case <-s.main:
		return control.Answer{Result: s.exit}, nil
	case <-ctx.Done():
		return control.Answer{}, ctx.Err()
	}
}

func (s *supervisor) handleSignal(call control.Call) (control.Answer, error) {
	var sig syscall.Signal
	if err := json.Unmarshal(call.Params, &sig); err != nil {
		return control.Answer{}, err
	}
	s.start.Lock()
	defer s.start.Unlock()
	select {
	case <-s.main:
		return control.Answer{}, nil
	default:
	}
	if s.pid == 0 {
		return control.Answer{}, errors.New("the container has not been started")
	}
	return control.Answer{}, syscall.Kill(s.pid, sig)
}

func (s *supervisor) handleExec(ctx context.Context, call control.Call) (control.Answer, error) {
	var p Process
	if err := json.Unmarshal(call.Params, &p); err != nil {
		return control.Answer{}, err
	}
	pid, ended, err := s.reaper.start(p, call.Files)
	if err != nil {
		return control.Answer{}, err
	}
	stop := context.AfterFunc(ctx, func() { _ = syscall.Kill(-pid, syscall.SIGKILL) })
	status := <-ended
	stop()
	return control.Answer{Result: exitOf(status)}, nil
}
