package container

import (
	"context"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/container/internal/supervisor"
)

// drainTime bounds the wait for output after a command has ended: something it
// left in the background may hold its output open for ever.
const drainTime = 5 * time.Second

// An ExecSpec is a command to run in a container that runs already.
type ExecSpec struct {
	Command []string
	Env     []string  // on top of the container's
	User    string    // empty: the container's
	WorkDir string    // empty: the container's
	Stdin   io.Reader // nil: empty
	Stdout  io.Writer // nil: dropped
	Stderr  io.Writer // nil: dropped
}

// Exec runs a command in the container: same files, same processes, same
// network. An exit code other than zero is a result, not an error. When ctx
// ends first the command's process group is killed and the cause is returned.
func (c *Container) Exec(ctx context.Context, spec ExecSpec) (Result, error) {
	p := c.process
	p.Args = spec.Command
	p.Env = slices.Concat(p.Env, spec.Env)
	p.User, p.WorkDir = orElse(spec.User, p.User), orElse(spec.WorkDir, p.WorkDir)
	var streams streams
	if err := streams.open(spec); err != nil {
		return Result{}, fmt.Errorf("running %q in %s: %w", spec.Command, c.name, err)
	}
	var exit supervisor.Exit
	_, err := c.client.Call(ctx, supervisor.MethodExec, p, &exit, streams.theirs...)
	streams.close()
	if err != nil {
		return Result{}, fmt.Errorf("running %q in %s: %w", spec.Command, c.name, err)
	}
	return result(exit), nil
}

// streams are the standard descriptors of one command.
type streams struct {
	theirs, ours []*os.File
	copying      sync.WaitGroup
}

func (s *streams) open(spec ExecSpec) error {
	if err := s.input(spec.Stdin); err != nil {
		return err
	}
	if err := s.output(spec.Stdout); err != nil {
		s.close()
		return err
	}
	if same(spec.Stdout, spec.Stderr) { // one pipe keeps the order, and one writer at a time
		s.theirs = append(s.theirs, s.theirs[1])
		return nil
	}
	if err := s.output(spec.Stderr); err != nil {
		s.close()
		return err
	}
	return nil
}

// same reports whether a and b are one writer. Writers of types that cannot be
// compared are not.
func same(a, b io.Writer) bool {
	if a == nil || b == nil || !reflect.TypeOf(a).Comparable() {
		return false
	}
	return a == b
}

func (s *streams) input(r io.Reader) error {
	if r == nil {
		return s.null()
	}
	theirs, ours, err := os.Pipe()
	if err != nil {
		return err
	}
	s.theirs, s.ours = append(s.theirs, theirs), append(s.ours, ours)
	go func() { // not waited for: a reader such as a terminal may never end
		_, _ = io.Copy(ours, r)
		_ = ours.Close()
	}()
	return nil
}

func (s *streams) output(w io.Writer) error {
	if w == nil {
		return s.null()
	}
	ours, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	s.theirs, s.ours = append(s.theirs, theirs), append(s.ours, ours)
	s.copying.Go(func() { _, _ = io.Copy(w, ours) })
	return nil
}

func (s *streams) null() error {
	f, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err == nil {
		s.theirs = append(s.theirs, f)
	}
	return err
}

// close lets go of the command's ends, waits until what it wrote is copied,
// for drainTime at most, and closes ours.
func (s *streams) close() {
	for _, f := range s.theirs {
		_ = f.Close()
	}
	timer := time.AfterFunc(drainTime, s.closeOurs)
	s.copying.Wait()
	timer.Stop()
	s.closeOurs()
}

func (s *streams) closeOurs() {
	for _, f := range s.ours {
		_ = f.Close()
	}
}
