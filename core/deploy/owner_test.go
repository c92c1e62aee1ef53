package deploy_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/deploy"
)

// ownerRole is the name under which the test binary is started to be a
// process that owns a deployment and is killed.
const ownerRole = "deploy-test-owner"

type ownerJob struct {
	Storage container.Options
	File    string
	Images  map[string]string
	Dir     string
}

// owner brings a deployment up, prints the numbers of its processes' leaders
// and waits to be killed.
func owner() (int, bool) {
	if os.Args[0] != ownerRole {
		return 0, false
	}
	var job ownerJob
	if err := json.Unmarshal([]byte(os.Args[1]), &job); err != nil {
		return 1, true
	}
	store, err := container.Open(job.Storage)
	if err != nil {
		fmt.Println(err)
		return 1, true
	}
	project, _ := deploy.Load(job.File, nil)
	d, err := deploy.Up(context.Background(), project, deploy.Options{
		Runtime: container.NewRuntime(store), Images: job.Images, Dir: job.Dir, Name: "killed",
	})
	if err != nil {
		fmt.Println(err)
		return 1, true
	}
	fmt.Println("up", d.ID())
	select {}
}

func TestNothingIsLeftAfterKill(t *testing.T) {
	b := newBed(t)
	file := filepath.Join(t.TempDir(), "compose.yml")
	compose := twoServices + "    volumes: [data:/data]\nvolumes: {data: }\n"
	if err := os.WriteFile(file, []byte(compose), 0o644); err != nil {
		t.Fatal(err)
	}
	where := b.runtime.Store().Storage()
	job, err := json.Marshal(ownerJob{container.Options{Root: where.Root, RunRoot: where.RunRoot, Driver: where.Driver}, file, b.images, b.dir})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{ownerRole, string(job)}
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	id, ok := strings.CutPrefix(strings.TrimSpace(line), "up ")
	if !ok {
		t.Fatalf("the owner said %q", line)
	}
	children := childrenOf(cmd.Process.Pid)
	if len(children) != 3 {
		t.Fatalf("the owner has %d children, want a network and two containers", len(children))
	}
	if left, err := b.runtime.Store().Sweep(t.Context()); left != 0 || err != nil {
		t.Errorf("%d containers of a living process were swept, %v", left, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for _, pid := range children {
		awaitEnd(t, pid)
	}
	ended, err := deploy.Sweep(t.Context(), b.dir)
	if diff := cmp.Diff([]string{id}, ended); diff != "" || err != nil {
		t.Errorf("deployments swept (-want +got):\n%s%v", diff, err)
	}
	if left, err := b.runtime.Store().Sweep(t.Context()); left != 2 || err != nil {
		t.Errorf("%d containers were swept, %v; want 2", left, err)
	}
	if _, err := os.Stat(filepath.Join(b.dir, id, "volumes")); !os.IsNotExist(err) {
		t.Errorf("the volumes are still there: %v", err)
	}
	if again, err := deploy.Sweep(t.Context(), b.dir); len(again) != 0 || err != nil {
		t.Errorf("swept again: %v, %v", again, err)
	}
}

// childrenOf returns the processes that a process started.
func childrenOf(pid int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var out []int
	for _, file := range stats {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if fields[1] == strconv.Itoa(pid) {
			child, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			out = append(out, child)
		}
	}
	return out
}

// awaitEnd returns when a process is gone or a zombie that its new parent has
// not collected yet.
func awaitEnd(t *testing.T, pid int) {
	for t.Context().Err() == nil {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
	}
}

func TestCommand(t *testing.T) {
	dir, work := t.TempDir(), t.TempDir()
	spec := deploy.CommandSpec{
		Up:         []string{"/bin/sh", "-c", `echo "$SLIPWAY_IMAGE_WEB_UI" > up; cat "$SLIPWAY_REFERENCES" "$SLIPWAY_REFERENCES_ENV" >> up; echo done`},
		Down:       []string{"/bin/sh", "-c", "rm up"},
		Env:        os.Environ(),
		WorkDir:    work,
		References: map[string]string{"web-ui": "registry.example/web-ui@sha256:1"},
	}
	d, err := deploy.RunCommand(t.Context(), dir, "c", spec)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(work, "up"))
	if err != nil {
		t.Fatal(err)
	}
	want := "registry.example/web-ui@sha256:1\n{\n  \"web-ui\": \"registry.example/web-ui@sha256:1\"\n}SLIPWAY_IMAGE_WEB_UI=registry.example/web-ui@sha256:1\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("what the command saw (-want +got):\n%s", diff)
	}
	if ended, err := deploy.Sweep(t.Context(), dir); len(ended) != 0 || err != nil {
		t.Errorf("a living deployment was swept: %v, %v", ended, err)
	}
	if log, err := d.Logs(); err != nil || string(log) != "done\n" {
		t.Errorf("log = %q, %v", log, err)
	}
	if err := d.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(work, "up")); !os.IsNotExist(err) {
		t.Error("the command that takes down was not run")
	}
}

func TestCommandFails(t *testing.T) {
	dir, work := t.TempDir(), t.TempDir()
	_, err := deploy.RunCommand(t.Context(), dir, "c", deploy.CommandSpec{
		Up:      []string{"/bin/sh", "-c", "echo no cluster; exit 9"},
		Down:    []string{"/bin/sh", "-c", "touch down"},
		Env:     os.Environ(),
		WorkDir: work,
	})
	if want := "running /bin/sh: exit status 9; the end of its output:\nno cluster"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("err = %v\nwant  … %s", err, want)
	}
	if _, err := os.Stat(filepath.Join(work, "down")); err != nil {
		t.Error("what was half up was not taken down")
	}
}
