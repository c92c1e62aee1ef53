package slipway_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// patience is how long a command may take before it counts as hanging. The
// longest compiles Go's standard library twice.
const patience = 5 * time.Minute

// An outcome is what a command answered.
type outcome struct {
	args           []string
	code           int
	stdout, stderr string
}

func (o outcome) describe() string {
	return fmt.Sprintf("%s\nexit code %d\n--- stdout\n%s--- stderr\n%s", strings.Join(o.args, " "), o.code, o.stdout, o.stderr)
}

// A processSpec is what is to be started, and as whom.
type processSpec struct {
	program        string
	args           []string
	dir, tmp, home string
	account        *account // nil: whoever runs the tests
	environ        []string // more variables
}

// A process is a command under way.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
	done           chan error
}

func start(c processSpec) (*process, error) {
	p := &process{cmd: exec.Command(c.program, c.args...), done: make(chan error, 1)}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = c.dir, &p.stdout, &p.stderr
	p.cmd.Env = append(os.Environ(), "TMPDIR="+c.tmp, "HOME="+c.home, "XDG_DATA_HOME=", "XDG_RUNTIME_DIR=", "NO_COLOR=1")
	p.cmd.Env = append(p.cmd.Env, c.environ...)
	p.cmd.WaitDelay = time.Second // processes that outlive it are found by looking, not by hanging
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if c.account != nil {
		p.cmd.SysProcAttr.Credential = c.account.credential()
		p.cmd.Env = append(p.cmd.Env, "USER="+c.account.name, "LOGNAME="+c.account.name)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.done <- p.cmd.Wait() }()
	return p, nil
}

// wait waits for the end. A command that was killed has the code -1.
func (p *process) wait(ctx context.Context) (outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var err error
	select {
	case err = <-p.done:
	case <-ctx.Done():
		return p.outcome(), errors.Join(fmt.Errorf("%s hangs", strings.Join(p.cmd.Args, " ")), p.kill())
	}
	_, exited := errors.AsType[*exec.ExitError](err)
	if err != nil && !exited && !errors.Is(err, exec.ErrWaitDelay) {
		return p.outcome(), err
	}
	return p.outcome(), nil
}

// outcome is what the process has answered; it is over.
func (p *process) outcome() outcome {
	o := outcome{args: p.cmd.Args, code: -1}
	if p.cmd.ProcessState != nil {
		o.code, o.stdout, o.stderr = p.cmd.ProcessState.ExitCode(), p.stdout.String(), p.stderr.String()
	}
	return o
}

// kill is kill -9 on this one process.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.done
	p.done <- nil
	return nil
}

// A server is `slipway registry serve`.
type server struct {
	cmd  *exec.Cmd
	addr string
}

// serve starts a registry over dir and returns when it answers.
func serve(slipway, dir string) (*server, error) {
	s := &server{cmd: exec.Command(slipway, "registry", "serve", "--addr", "127.0.0.1:0", "--dir", dir)}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the registry: %w", err), s.stop())
	}
	s.addr = strings.TrimSpace(line)
	return s, nil
}

func (s *server) stop() error {
	err := s.cmd.Process.Signal(syscall.SIGTERM)
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	_ = s.cmd.Wait()
	return err
}
