package pluginhost_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk/pluginhost"
)

// socketDirKey tells runHost where sockets go.
const socketDirKey = "SLIPWAY_TEST_SOCKETS"

// guestKey tells runHost in which mode its plugin is.
const guestKey = "SLIPWAY_TEST_GUEST"

// runHost starts a plugin that inherits file 3, begins a build, says so, and
// waits to be killed. What is warned of it says before.
func runHost() {
	mode := os.Getenv(guestKey)
	if mode == "shellless" {
		hideShell()
	}
	c := command(mode)
	c.ExtraFiles = []*os.File{os.NewFile(3, "witness")}
	p, err := pluginhost.Start(context.Background(), c, pluginhost.Options{
		SocketDir: os.Getenv(socketDirKey), Log: func(level slog.Level, line string) {
			if level == slog.LevelWarn {
				fmt.Println(line)
			}
		},
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	begun, _ := build(context.Background(), p)
	switch mode {
	case "strays", "grandchild":
		<-begun // the grandchild has started
	case "suspended":
		_ = syscall.Kill(p.PID(), syscall.SIGSTOP)
	}
	fmt.Println("building")
	select {}
}

// hideShell makes /bin/sh no program for this process.
func hideShell() {
	shell, _ := filepath.EvalSymlinks("/bin/sh")
	if err := syscall.Mount("/dev/null", shell, "", syscall.MS_BIND, ""); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// When the host is killed its plugin stops the build, removes its socket and
// ends; one that does not is ended, with all that it has started, and its
// socket is removed: also one whose build does not stop, one that does not
// watch its input, one that ignores SIGTERM as well, one that has started
// others in sessions of their own, and one that is suspended. The witness is a
// pipe that host, plugin and what it starts hold open: it ends when all are
// gone.
func TestHostKilled(t *testing.T) {
	for _, mode := range []string{"good", "hangBuild", "deaf", "stubborn", "grandchild", "strays", "suspended"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			sockets := options(t).SocketDir
			host := newHost(t, mode, sockets)
			said := make([]byte, len("building"))
			if _, err := io.ReadFull(host.out, said); err != nil || string(said) != "building" {
				t.Errorf("the host said %q, %v", said, err)
			}
			killed := time.Now()
			host.kill(t)
			t.Logf("gone %s after its host", time.Since(killed).Round(time.Millisecond))
			awaitEmpty(t, sockets)
		})
	}
}

// Without a shell there is no guard, and that is said.
func TestUnguarded(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can hide the shell from a process")
	}
	host := newHost(t, "shellless", options(t).SocketDir)
	want := []string{
		"building",
		"plugin shellless would outlive a host that is killed, if it ignores the end of its input: " +
			"starting the guard: fork/exec /bin/sh: permission denied",
	}
	said := bufio.NewScanner(host.out)
	var got []string
	for len(got) < len(want) && said.Scan() {
		got = append(got, said.Text())
	}
	slices.Sort(got) // the guard starts beside the plugin
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	host.kill(t)
}

// awaitEmpty waits until nothing is left in a folder, or the test's own limit
// ends it.
func awaitEmpty(t *testing.T, dir string) {
	t.Helper()
	for t.Context().Err() == nil {
		if left, err := os.ReadDir(dir); err != nil || len(left) == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// A host is a process of its own with a plugin.
type host struct {
	cmd     *exec.Cmd
	out     io.Reader
	witness io.Reader
}

func newHost(t *testing.T, mode, sockets string) host {
	t.Helper()
	witness, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	self, _ := filepath.EvalSymlinks("/proc/self/exe")
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), modeKey+"=host", guestKey+"="+mode, socketDirKey+"="+sockets)
	cmd.ExtraFiles = []*os.File{held}
	if mode == "shellless" {
		cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return host{cmd, out, witness}
}

// kill kills the host and waits until nobody holds the witness any more, or the
// test's own limit ends that.
func (h host) kill(t *testing.T) {
	t.Helper()
	_ = h.cmd.Process.Kill()
	_ = h.cmd.Wait()
	if _, err := io.ReadAll(h.witness); err != nil {
		t.Error(err)
	}
}
