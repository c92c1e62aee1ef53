package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-plugin/runner"
	"golang.org/x/sys/unix"
)

// A program that is being written is tried busyTries times, with pauses that
// double: 1.27 s together.
const (
	busyTries = 8
	busyPause = 10 * time.Millisecond
)

// A child is the plugin's process. It is go-plugin's runner, but go-plugin
// gets to see only the handshake of it.
type child struct {
	cmd       *exec.Cmd
	output    *output
	guard     *Guard
	socketDir string      // the guard removes it
	warn      func(error) // of a guard that cannot be started

	lifeline   *os.File   // our end of its standard input
	outR, errR *pipe      // our ends
	theirs     []*os.File // closed once it is started
	handshakeR *io.PipeReader
	handshakeW *io.PipeWriter

	mu     sync.Mutex       // held while signalling and reaping
	reaped bool             // its number may be another's now
	killed bool             // by go-plugin
	doomed bool             // killed before it was started: it must not start
	state  *os.ProcessState // set before exited is closed
	exited chan struct{}    // closed when the process has ended and its output is read
}

var _ runner.Runner = (*child)(nil)

// newChild prepares the process of c; env is added to its environment.
func newChild(c Command, env []string, out *output) (*child, error) {
	//nolint:noctx // it ends with its lifeline and by the stop ladder, not with a context
	p := &child{cmd: exec.Command(c.Path, c.Args...), output: out, exited: make(chan struct{})}
	stdin, lifeline, err1 := os.Pipe()
	outR, stdout, err2 := os.Pipe()
	errR, stderr, err3 := os.Pipe()
	p.lifeline, p.outR, p.errR, p.theirs = lifeline, newPipe(outR), newPipe(errR), []*os.File{stdin, stdout, stderr}
	if err := errors.Join(err1, err2, err3); err != nil {
		p.closePipes()
		return nil, fmt.Errorf("making pipes: %w", err)
	}
	p.handshakeR, p.handshakeW = io.Pipe()
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = stdin, stdout, stderr
	p.cmd.Dir, p.cmd.ExtraFiles = c.Dir, c.ExtraFiles
	p.cmd.Env = append(append([]string{}, c.Env...), env...)
	p.cmd.SysProcAttr = attributes()
	return p, nil
}

// Start starts the process. Its life is bounded by the host, not by the
// context, which ends with the handshake.
func (p *child) Start(context.Context) error {
	started := make(chan error)
	go p.live(started)
	return <-started
}

// live starts the process and waits for its end, in one thread: that thread's
// death is that of the host, of which the kernel tells the process.
func (p *child) live(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.launch()
	for _, f := range p.theirs {
		_ = f.Close()
	}
	if err != nil {
		p.closePipes()
		close(p.exited)
		started <- err
		return
	}
	drained := make(chan struct{}, 2)
	go func() { p.output.readStdout(p.outR, p.handshakeW); drained <- struct{}{} }()
	go func() { p.output.readStderr(p.errR); drained <- struct{}{} }()
	started <- nil
	p.wait(drained)
}

func (p *child) launch() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.doomed {
		return errEnded
	}
	if err := p.guard.enter(p.cmd.Env, p.warn); err != nil {
		return err
	}
	if err := p.startIdle(); err != nil {
		p.guard.leave()
		return err
	}
	p.guard.watch(p.cmd.Process.Pid, p.socketDir)
	return nil
}

// startIdle starts the program once nobody has it open for writing. A program
// that was just written may be: a process that another thread started at that
// moment holds a copy of the writer's descriptor until it executes its own.
func (p *child) startIdle() error {
	for try := range busyTries {
		err := p.cmd.Start()
		if !errors.Is(err, syscall.ETXTBSY) || try == busyTries-1 {
			return err
		}
		time.Sleep(busyPause << try)
		p.cmd = unstarted(p.cmd)
	}
	return nil
}

// unstarted returns a command like c that has not been started: an exec.Cmd
// can be used once.
func unstarted(c *exec.Cmd) *exec.Cmd {
	return &exec.Cmd{
		Path: c.Path, Args: c.Args, Env: c.Env, Dir: c.Dir, ExtraFiles: c.ExtraFiles,
		Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr, SysProcAttr: c.SysProcAttr,
	}
}

// wait reaps the process. The rest of the group is killed between its exit
// and its reaping: only then is the number certainly still the group's.
func (p *child) wait(drained <-chan struct{}) {
	pid := p.cmd.Process.Pid
	for interrupted := true; interrupted; {
		interrupted = unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR
	}
	p.mu.Lock()
	p.guard.forget(pid)
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	p.state, _ = p.cmd.Process.Wait()
	p.reaped = true
	p.mu.Unlock()
	p.outR.writerGone()
	p.errR.writerGone()
	<-drained
	<-drained
	p.guard.leave()
	p.closePipes()
	close(p.exited)
}

func (p *child) closePipes() {
	for _, f := range append(p.theirs, p.lifeline, p.outR.File, p.errR.File) {
		if f != nil {
			_ = f.Close()
		}
	}
}

// signal sends s to the whole group, as long as there is one. SIGKILL is for
// what the plugin has started in other groups as well.
func (p *child) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doomed = p.doomed || s == syscall.SIGKILL
	switch {
	case p.cmd.Process == nil || p.reaped:
	case s == syscall.SIGKILL:
		killTree(p.cmd.Process.Pid)
	default:
		_ = syscall.Kill(-p.cmd.Process.Pid, s)
	}
}

// over reports whether the process has ended.
func (p *child) over() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// exitedWithin reports whether the process ends before d has passed.
func (p *child) exitedWithin(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.exited:
		return true
	case <-timer.C:
		return p.over()
	}
}

// died reports whether the process, which must have ended, did so by itself.
func (p *child) died() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	status, ok := exitStatus(p.state)
	return ok && (!p.killed || !status.Signaled() || status.Signal() != syscall.SIGKILL)
}

// Wait waits for the end of the process.
func (p *child) Wait(context.Context) error {
	<-p.exited
	if p.state != nil && !p.state.Success() {
		return &exec.ExitError{ProcessState: p.state}
	}
	return nil
}

// Kill kills the whole group. Only go-plugin calls it, when a start fails.
func (p *child) Kill(context.Context) error {
	p.mu.Lock()
	p.killed = true
	p.mu.Unlock()
	p.signal(syscall.SIGKILL)
	return nil
}

// Stdout yields the handshake and nothing else.
func (p *child) Stdout() io.ReadCloser { return p.handshakeR }

// Stderr yields nothing: go-plugin must not parse it.
func (p *child) Stderr() io.ReadCloser { return io.NopCloser(eof{}) }

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// Name returns the path of the program.
func (p *child) Name() string { return p.cmd.Path }

// ID returns the process number, or "" before the start.
func (p *child) ID() string {
	if p.cmd.Process == nil {
		return ""
	}
	return strconv.Itoa(p.cmd.Process.Pid)
}

// Diagnose has nothing to add: our errors say what is known.
func (p *child) Diagnose(context.Context) string { return "" }

// PluginToHost returns an address as it is: plugin and host see the same files.
func (p *child) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

// HostToPlugin returns an address as it is.
func (p *child) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}
