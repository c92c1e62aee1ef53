package pluginhost_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// debugged starts a plugin as its author does in a debugger, and returns its
// socket and the process.
func debugged(t *testing.T) (socket string, cmd *exec.Cmd) {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "ph") // short, for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket = filepath.Join(dir, "s")
	c := command("good")
	cmd = exec.CommandContext(t.Context(), c.Path, "--debug", socket)
	cmd.Env = c.Env
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("good 1.0.0, process %d, waits for slipway. In your project:\n\n    slipway plugin dev PUBLISHER/good=%s\n\nInterrupt it to end it.\n", cmd.Process.Pid, socket)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(said, got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	return socket, cmd
}

func attach(t *testing.T, socket string) *pluginhost.Attachment {
	t.Helper()
	a, err := pluginhost.Attach("acme/good", socket, pluginhost.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	return a
}

// A plugin in a debugger is spoken to, and never ended: neither by a build that
// is stopped, nor by a host that goes away in the middle of one.
func TestAttach(t *testing.T) {
	socket, cmd := debugged(t)
	if pid, err := pluginhost.Owner(socket); pid != cmd.Process.Pid || err != nil {
		t.Errorf("served by %d, %v; want %d", pid, err, cmd.Process.Pid)
	}
	a := attach(t, socket)
	if d, err := a.Describe(t.Context(), strategy.DescribeRequest{}); err != nil || d.Name != "good" {
		t.Fatalf("got %+v, %v", d, err)
	}
	stopped(t, a)
	cutOff(t, attach(t, socket))
	if _, err := attach(t, socket).Describe(t.Context(), strategy.DescribeRequest{}); err != nil {
		t.Errorf("it did not outlive its host: %v", err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	if _, err := os.Lstat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left its socket behind: %v", err)
	}
}

// stopped stops a build, which completes.
func stopped(t *testing.T, a *pluginhost.Attachment) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	out, done := begun(ctx, a, "stopped")
	cancel(errors.New("interrupted"))
	if err := <-done; err != nil {
		t.Error(err)
	}
	if c, ok := (<-out).(strategy.Completed); !ok || c.Outcome != strategy.Cancelled {
		t.Errorf("got %v", c)
	}
}

// cutOff goes away in the middle of a build.
func cutOff(t *testing.T, a *pluginhost.Attachment) {
	t.Helper()
	_, done := begun(t.Context(), a, "cut off")
	if err := a.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil || !strings.HasPrefix(err.Error(), "plugin acme/good, which was started by somebody else: ") {
		t.Errorf("got %v", err)
	}
}

// begun begins a build and waits for its first event.
func begun(ctx context.Context, a *pluginhost.Attachment, id string) (events, <-chan error) {
	out, done := make(events, 10), make(chan error, 1)
	go func() { done <- a.Build(ctx, strategy.BuildRequest{ID: id}, out) }()
	<-out
	return out, done
}

// A second plugin does not take the socket of one that runs; one that was left
// behind by a plugin that was killed is nobody's.
func TestDebugSocket(t *testing.T) {
	socket, cmd := debugged(t)
	c := command("good")
	second := exec.CommandContext(t.Context(), c.Path, "--debug", socket)
	second.Env = c.Env
	said, err := second.CombinedOutput()
	want := "serving for a debugger: " + socket + " is being served already\n"
	if diff := cmp.Diff(want, string(said)); diff != "" || err == nil {
		t.Error(diff, err)
	}
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
	_, err = pluginhost.Attach("acme/good", socket, pluginhost.Options{})
	if want := "attaching to plugin acme/good: dial unix " + socket + ": connect: connection refused"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
