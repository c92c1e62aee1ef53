package plugintest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/rpc"
)

// groupPoll is how often the suite looks whether a process group is empty.
const groupPoll = 10 * time.Millisecond

// A bare is a plugin that was started without slipway's host, which would end
// its children for it: here only the plugin does.
type bare struct {
	cmd      *exec.Cmd
	lifeline io.Closer
	client   *rpc.Client
	conn     io.Closer
	sockets  string
	exited   chan struct{}
}

// startBare starts the plugin and reads its handshake as strictly as the
// contract words it.
func (t *trial) startBare(ctx context.Context) (_ *bare, err error) {
	sockets, err := os.MkdirTemp("/tmp", "pt")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the socket: %w", err)
	}
	b := &bare{sockets: sockets, exited: make(chan struct{})}
	b.cmd = exec.Command(t.Command[0], t.Command[1:]...) //nolint:noctx // what is tested; ends with its input, or is killed
	b.cmd.Dir = t.path("cwd")
	b.cmd.Env = t.env(rpc.CookieKey+"="+rpc.CookieValue, "PLUGIN_PROTOCOL_VERSIONS=1", "PLUGIN_UNIX_SOCKET_DIR="+sockets)
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err1 := b.cmd.StdinPipe()
	stdout, err2 := b.cmd.StdoutPipe()
	if err := errors.Join(err1, err2, b.cmd.Start()); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the plugin: %w", err), os.RemoveAll(sockets))
	}
	b.lifeline = stdin
	defer context.AfterFunc(ctx, b.kill)()
	if err := b.connect(bufio.NewReader(stdout)); err != nil {
		b.kill()
		return nil, err
	}
	return b, nil
}

// connect reads the handshake, and goes on reading so that the plugin never
// waits for us.
func (b *bare) connect(stdout *bufio.Reader) error {
	line, readErr := stdout.ReadString('\n')
	go func() {
		_, _ = io.Copy(io.Discard, stdout)
		_ = b.cmd.Wait()
		close(b.exited)
	}()
	if readErr != nil {
		return fmt.Errorf("reading the handshake: %w", readErr)
	}
	parts := strings.Split(strings.TrimSpace(line), "|")
	if len(parts) < 5 || parts[0] != "1" || parts[1] != "1" || parts[2] != "unix" || parts[4] != "grpc" {
		return fmt.Errorf("the handshake is %q; wanted 1|1|unix|PATH|grpc", strings.TrimSpace(line))
	}
	var err error
	b.client, b.conn, err = rpc.Dial(parts[3], rpc.Options{})
	return err
}

// hangUp closes the plugin's standard input, as the death of the host does.
func (b *bare) hangUp() error { return b.lifeline.Close() }

func (b *bare) exitsBefore(deadline time.Time) bool {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case <-b.exited:
		return true
	case <-timer.C:
		return false
	}
}

// groupEndsBefore reports whether the group is empty before the deadline.
func (b *bare) groupEndsBefore(deadline time.Time) bool {
	for {
		if pluginhost.GroupIsOver(b.cmd.Process.Pid) {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(groupPoll)
	}
}

// kill ends the whole group and removes what it leaves.
func (b *bare) kill() {
	_ = syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL)
	if b.conn != nil {
		_ = b.conn.Close()
	}
	_ = b.lifeline.Close()
	_ = os.RemoveAll(b.sockets)
}
