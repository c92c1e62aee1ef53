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
	Command *deploy.CommandSpec // instead of File
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
	id, err := job.up()
	if err != nil {
		fmt.Println(err)
		return 1, true
	}
	fmt.Println("up", id)
	select {}
}

// up brings up what the job says and returns its name.
func (j ownerJob) up() (string, error) {
	vault := tokenVault()
	if _, err := vault.Text(context.Background(), "token"); err != nil {
		return "", err
	}
	if j.Command != nil {
		j.Command.Secrets = vault
		d, err := deploy.RunCommand(context.Background(), j.Dir, "killed", *j.Command)
		if err != nil {
			return "", err
		}
		return d.ID(), nil
	}
	store, err := container.Open(j.Storage)
	if err != nil {
		return "", err
	}
	project, _ := deploy.Load(j.File, nil)
	d, err := deploy.Up(context.Background(), project, deploy.Options{
		Runtime: container.NewRuntime(store), Images: j.Images, Dir: j.Dir, Name: "killed", Secrets: vault,
	})
	if err != nil {
		return "", err
	}
	return d.ID(), nil
}

// An owned is a deployment that belongs to another process.
type owned struct {
	cmd *exec.Cmd
	id  string
}

// own starts a process that brings up what the job says.
func own(t *testing.T, job ownerJob) owned {
	t.Helper()
	raw, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
	cmd.Args = []string{ownerRole, string(raw)}
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
	return owned{cmd, id}
}

// kill is kill -9, and returns when the processes that it had are gone.
func (o owned) kill(t *testing.T) {
	t.Helper()
	children := childrenOf(o.cmd.Process.Pid)
	if err := o.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = o.cmd.Wait()
	for _, pid := range children {
		awaitEnd(t, pid)
	}
}

// job is one that brings up a compose file where the bed is.
func (b *bed) job(t *testing.T, compose string) ownerJob {
	t.Helper()
	file := filepath.Join(t.TempDir(), "compose.yml")
	if err := os.WriteFile(file, []byte(compose), 0o644); err != nil {
		t.Fatal(err)
	}
	where := b.runtime.Store().Storage()
	return ownerJob{Storage: container.Options{Root: where.Root, RunRoot: where.RunRoot, Driver: where.Driver}, File: file, Images: b.images, Dir: b.dir}
}

func TestNothingIsLeftAfterKill(t *testing.T) {
	b := newBed(t)
	o := own(t, b.job(t, twoServices+"    volumes: [data:/data]\nvolumes: {data: }\n"))
	if n := len(childrenOf(o.cmd.Process.Pid)); n != 3 {
		t.Fatalf("the owner has %d children, want a network and two containers", n)
	}
	if left, err := b.runtime.Store().Sweep(t.Context()); left != 0 || err != nil {
		t.Errorf("%d containers of a living process were swept, %v", left, err)
	}
	o.kill(t)
	ended, err := deploy.Sweep(t.Context(), b.dir, nil, b.secrets)
	if diff := cmp.Diff([]string{o.id}, ended); diff != "" || err != nil {
		t.Errorf("deployments swept (-want +got):\n%s%v", diff, err)
	}
	if left, err := b.runtime.Store().Sweep(t.Context()); left != 2 || err != nil {
		t.Errorf("%d containers were swept, %v; want 2", left, err)
	}
	if _, err := os.Stat(filepath.Join(b.dir, o.id, "volumes")); !os.IsNotExist(err) {
		t.Errorf("the volumes are still there: %v", err)
	}
	if again, err := deploy.Sweep(t.Context(), b.dir, nil, b.secrets); len(again) != 0 || err != nil {
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
		Secrets:    vaultOf(t),
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
	if ended, err := deploy.Sweep(t.Context(), dir, nil, vaultOf(t)); len(ended) != 0 || err != nil {
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
		Secrets: vaultOf(t),
	})
	if want := "running /bin/sh: exit status 9; the end of its output:\nno cluster"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("err = %v\nwant  … %s", err, want)
	}
	if _, err := os.Stat(filepath.Join(work, "down")); err != nil {
		t.Error("what was half up was not taken down")
	}
}
