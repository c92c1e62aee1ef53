package pluginhost

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// entered returns a guard that runs, until the test ends it or ends.
func entered(t *testing.T) *Guard {
	t.Helper()
	g := new(Guard)
	if err := g.enter(os.Environ(), func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.leave)
	return g
}

// die does what the death of the host would do, and waits for what the guard
// then does.
func (g *Guard) die() {
	_ = g.host.Close()
	<-g.ended
}

// sleeper starts a process in a group of its own.
func sleeper(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

// A guard kills what it watches and nothing that it was told to forget, whose
// number may be another's.
func TestGuardForgets(t *testing.T) {
	g, dir := entered(t), t.TempDir()
	var sleepers []*exec.Cmd
	for i := range 5 {
		s := sleeper(t)
		sleepers = append(sleepers, s)
		folder := filepath.Join(dir, fmt.Sprint("socket ", i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		g.watch(s.Process.Pid, folder)
	}
	for _, i := range []int{0, 2, 4} {
		g.forget(sleepers[i].Process.Pid)
	}
	g.die()
	for i, s := range sleepers {
		kept := i%2 == 0
		if !kept {
			awaitDeath(t, s.Process.Pid) // which takes the kernel a moment after the kill
		}
		_, err := os.Stat(filepath.Join(dir, fmt.Sprint("socket ", i)))
		if alive(s.Process.Pid) != kept || (err == nil) != kept {
			t.Errorf("sleeper %d: alive is %t, its folder: %v", i, alive(s.Process.Pid), err)
		}
	}
}

// awaitDeath waits until a child of this process has ended, within 10 s.
func awaitDeath(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); alive(pid) && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
}

// alive reports whether a child of this process has not ended.
func alive(pid int) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	return err == nil && info.Signo == 0
}

// A plugin that has ended is forgotten: its folder, made anew by somebody
// else, survives the host. It does not keep the guard either.
func TestEndedPluginIsForgotten(t *testing.T) {
	g := entered(t)
	p, err := Start(t.Context(), Command{
		Path: "/proc/self/exe", Env: append(os.Environ(), "SLIPWAY_TEST_MODE=good"),
	}, Options{Guard: g, SocketDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if g.inside != 1 {
		t.Errorf("%d are guarded, wanted the test alone", g.inside)
	}
	if err := os.Mkdir(p.socketDir, 0o700); err != nil {
		t.Fatal(err)
	}
	g.die()
	if _, err := os.Stat(p.socketDir); err != nil {
		t.Errorf("the guard has removed it: %v", err)
	}
}

// A guard holds no file of the host's but its end of the pipe, is in a session
// of its own, and is gone when the last has left.
func TestGuardStandsApart(t *testing.T) {
	given, err := unix.FcntlInt(0, unix.F_DUPFD, 3) // as from a shell's exec 3<…
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(given)
	g := entered(t)
	if err := g.enter(nil, nil); err != nil {
		t.Fatal(err)
	}
	pid := pidOf(t, g)
	if diff := cmp.Diff([]string{"pipe", "/dev/null", "/dev/null"}, filesOf(t, pid)); diff != "" {
		t.Error(diff)
	}
	if sid, err := unix.Getsid(pid); err != nil || sid != pid {
		t.Errorf("its session is %d, %v; wanted its own, %d", sid, err, pid)
	}
	g.leave()
	if !alive(pid) {
		t.Error("it has ended although one is left")
	}
	g.leave()
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("it is still there: %v", err)
	}
	if err := g.enter(nil, nil); err != nil { // which the end of the test leaves
		t.Fatal(err)
	}
}

// pidOf finds the process at the other end of the guard's pipe, once it is the
// shell.
func pidOf(t *testing.T, g *Guard) int {
	t.Helper()
	var pipe string
	raw, err := g.host.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = raw.Control(func(fd uintptr) { pipe, _ = os.Readlink(fmt.Sprint("/proc/self/fd/", fd)) })
	for t.Context().Err() == nil {
		inputs, _ := filepath.Glob("/proc/[0-9]*/fd/0")
		at := slices.IndexFunc(inputs, func(input string) bool {
			to, _ := os.Readlink(input)
			args, _ := os.ReadFile(strings.TrimSuffix(input, "fd/0") + "cmdline")
			return to == pipe && strings.HasSuffix(string(args), "slipway-guard\x00")
		})
		if at >= 0 {
			var pid int
			_, _ = fmt.Sscanf(inputs[at], "/proc/%d/", &pid)
			return pid
		}
	}
	t.Fatal("there is no guard")
	return 0
}

// filesOf returns what a process has open, by number.
func filesOf(t *testing.T, pid int) []string {
	t.Helper()
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/[0-9]", pid))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, link := range links {
		to, _ := os.Readlink(link)
		to, _, _ = strings.Cut(to, ":")
		out = append(out, to)
	}
	return out
}
