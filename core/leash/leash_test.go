package leash_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/leash"
)

// holder makes this binary a process that holds a program and can be killed.
const holder = "LEASH_TEST_HOLDS"

func TestMain(m *testing.M) {
	if code, handled := leash.Main(os.Args); handled {
		os.Exit(code)
	}
	if script := os.Getenv(holder); script != "" {
		cmd := exec.CommandContext(context.Background(), "/bin/sh", "-c", script)
		cmd.Stdout = os.Stdout
		_ = leash.Run(cmd, 50*time.Millisecond)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	tests := []struct {
		name, want string
		argv       []string
		code       int
	}{
		{"well", "", []string{"/bin/sh", "-c", "exit 0"}, 0},
		{"exit code", "exit status 3", []string{"/bin/sh", "-c", "exit 3"}, 3},
		{"signal", "signal: killed", []string{"/bin/sh", "-c", "kill -9 $$"}, -1},
		{"looked up", "", []string{"true"}, 0},
		{"not there", "fork/exec /nowhere/program: no such file or directory", []string{"/nowhere/program"}, -1},
		{"not in the path", `exec: "no-such-program": executable file not found in $PATH`, []string{"no-such-program"}, -1},
		{"no folder", "stat /nowhere: no such file or directory", []string{"true"}, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), tt.argv[0], tt.argv[1:]...)
			if tt.name == "no folder" {
				cmd.Dir = "/nowhere"
			}
			err := leash.Run(cmd, time.Second)
			if got := text(err); got != tt.want || leash.ExitCode(err) != tt.code {
				t.Errorf("%q, %d; want %q, %d", got, leash.ExitCode(err), tt.want, tt.code)
			}
		})
	}
	err := leash.Run(exec.CommandContext(t.Context(), "/nowhere"), 0)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not what the kernel said", err)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A program has its own streams, folder and environment.
func TestRunPassesOn(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", `read x; echo $x $A $PWD; echo bad >&2; readlink /proc/self/fd/* | grep -c socket`)
	var out, bad bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env, cmd.Dir = strings.NewReader("in\n"), &out, &bad, []string{"A=1", "PATH=" + os.Getenv("PATH")}, "/tmp"
	if err := leash.Run(cmd, time.Second); text(err) != "exit status 1" { // grep has found none
		t.Fatal(err)
	}
	if out.String() != "in 1 /tmp\n0\n" || bad.String() != "bad\n" {
		t.Errorf("out %q, err %q", &out, &bad)
	}
}

// stubborn is a program that shields itself and its children from SIGTERM, one
// of them in a session of its own, and tells their numbers.
const stubborn = `trap '' TERM; setsid sh -c 'trap "" TERM; echo $$; sleep 600 & echo $!; wait' & sleep 600 & echo $!; echo $$; wait; wait`

// Who gives up leaves nothing behind.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", stubborn)
	pipe, out := io.Pipe()
	cmd.Stdout = out
	ended := make(chan error, 1)
	go func() { ended <- leash.Run(cmd, 50*time.Millisecond) }()
	pids := numbers(t, pipe, 4)
	cancel()
	if err := <-ended; text(err) != "signal: killed" {
		t.Errorf("it ended with %v", err)
	}
	gone(t, pids)
}

// A program that ends when it is asked to is not waited for any longer.
func TestCancelledGently(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", `trap 'exit 4' TERM; echo $$; while :; do sleep 0.01; done`)
	pipe, out := io.Pipe()
	cmd.Stdout = out
	ended := make(chan error, 1)
	go func() { ended <- leash.Run(cmd, time.Hour) }()
	numbers(t, pipe, 1)
	cancel()
	if err := <-ended; leash.ExitCode(err) != 4 {
		t.Errorf("it ended with %v", err)
	}
}

// Who is killed leaves nothing behind either.
func TestKilled(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
	cmd.Env = append(os.Environ(), holder+"="+stubborn)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pids := numbers(t, out, 4)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	gone(t, pids)
}

// What a program leaves in the background on purpose stays.
func TestBackground(t *testing.T) {
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", "sleep 600 >/dev/null 2>&1 & echo $!")
	cmd.Stdout = &out
	if err := leash.Run(cmd, time.Second); err != nil {
		t.Fatal(err)
	}
	pid := numbers(t, &out, 1)[0]
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("it was ended: %v", err)
	}
}

// numbers reads so many numbers of processes.
func numbers(t *testing.T, r io.Reader, n int) (pids []int) {
	t.Helper()
	lines := bufio.NewScanner(r)
	for len(pids) < n && lines.Scan() {
		pid, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	if len(pids) < n {
		t.Fatalf("it told %v and ended: %v", pids, lines.Err())
	}
	return pids
}

// gone waits until processes have ended.
func gone(t *testing.T, pids []int) {
	t.Helper()
	for _, pid := range pids {
		for syscall.Kill(pid, 0) == nil {
			if t.Context().Err() != nil {
				t.Fatalf("process %d is left", pid)
			}
			time.Sleep(time.Millisecond)
		}
	}
}
