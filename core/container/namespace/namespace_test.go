package namespace_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/container/namespace"
)

// probeRole is the name under which the test binary is started to enter its
// namespace and tell about it.
const probeRole = "namespace-test-probe"

func TestMain(m *testing.M) {
	if code, handled := container.Main(os.Args); handled {
		os.Exit(code)
	}
	if strings.HasPrefix(os.Args[0], probeRole) {
		os.Exit(probe(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func probe(args []string) int {
	if err := namespace.Enter(); err != nil {
		fmt.Println(err)
		return 1
	}
	switch args[0] {
	case "who":
		uids, _ := os.ReadFile("/proc/self/uid_map")
		fmt.Printf("uid %d, own mounts %t, ids %d, marker %q\n", os.Getuid(), mountNamespace() != args[1],
			len(strings.Split(strings.TrimSpace(string(uids)), "\n")), os.Getenv("_SLIPWAY_NAMESPACE"))
	case "exit":
		return 7
	case "check":
		for _, f := range namespace.Check(context.Background()) {
			fmt.Println(f.Name, f.OK)
		}
	case "wait":
		fmt.Println(os.Getpid())
		select {}
	}
	return 0
}

func mountNamespace() string {
	link, _ := os.Readlink("/proc/self/ns/mnt")
	return link
}

// command returns a probe run by root, or by an ordinary user who has no ids
// but his own.
func command(t *testing.T, ordinary bool, args ...string) *exec.Cmd {
	t.Helper()
	binary := "/proc/self/exe"
	cmd := exec.Command(binary)
	cmd.Args = append([]string{probeRole}, args...)
	cmd.Stderr = os.Stderr
	if os.Geteuid() != 0 {
		t.Skip("this test needs root, to be root and to become somebody else")
	}
	if ordinary {
		cmd.Path = readable(t)
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 54321, Gid: 54321}}
	}
	return cmd
}

// readable copies the test binary to where everybody may run it.
func readable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "namespace")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "probe")
	if err := os.WriteFile(file, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

// output runs a probe. Where users may make no user namespace the test is
// skipped.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.Output()
	if strings.Contains(string(out), "entering a user namespace") {
		t.Skipf("no user namespace can be entered here: %s", out)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func TestEnterAsRoot(t *testing.T) {
	got := output(t, command(t, false, "who", mountNamespace()))
	if want := "uid 0, own mounts true, ids 1, marker \"\"\n"; got != want {
		t.Errorf("the probe says %q, want %q", got, want)
	}
}

// A slipway may be started by a slipway, with the environment of the outer one.
func TestEnterBelowAnotherSlipway(t *testing.T) {
	cmd := command(t, false, "who", mountNamespace())
	cmd.Env = append(os.Environ(), "_SLIPWAY_NAMESPACE=1")
	got := output(t, cmd)
	if want := "uid 0, own mounts true, ids 1, marker \"\"\n"; got != want {
		t.Errorf("the probe says %q, want %q", got, want)
	}
}

func TestEnterAsUser(t *testing.T) {
	got := output(t, command(t, true, "who", mountNamespace()))
	if want := "uid 0, own mounts true, ids 1, marker \"\"\n"; got != want {
		t.Errorf("the probe says %q, want %q", got, want)
	}
	cmd := command(t, true, "exit")
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("the probe ended with %v, want exit status 7", err)
	}
}

func TestSignalsAndKillsReachTheInside(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) {
			cmd := command(t, true, "wait")
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			line := make([]byte, 100)
			n, _ := out.Read(line)
			if strings.Contains(string(line[:n]), "entering") {
				t.Skipf("no user namespace can be entered here: %s", line[:n])
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if n, err := out.Read(line); n != 0 || err == nil { // it ends when the last holder does
				t.Errorf("read %d bytes more, %v", n, err)
			}
			_ = cmd.Wait()
		})
	}
}

func TestCheckAsUser(t *testing.T) {
	got := output(t, command(t, true, "check"))
	for _, name := range []string{"namespaces", "user ids", "overlay", "network"} {
		if !strings.Contains(got, name+" ") {
			t.Errorf("the findings lack %q:\n%s", name, got)
		}
	}
}
