package dockerfile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func TestFailures(t *testing.T) {
	tests := []struct {
		name, dockerfile string
		want             diag.Diagnostic
	}{
		{
			name:       "exit code",
			dockerfile: "FROM scratch\nCOPY helper /helper\n\n  RUN [\"/helper\", \\\n  \"exit\", \"3\"]\n",
			want: diag.Diagnostic{
				Code:    "run-failed",
				Summary: `RUN ["/helper", "exit", "3"]: exit code 3`,
				Detail:  "about to fail",
				Pos:     diag.Pos{File: "Dockerfile", Line: 4, Column: 3, End: 6},
			},
		},
		{
			name:       "no such command",
			dockerfile: "FROM scratch\nCOPY helper /helper\nRUN [\"/missing\"]\n",
			want: diag.Diagnostic{
				Code:    "run-failed",
				Summary: `RUN ["/missing"]: exit code 1`,
				Detail:  "process failed to start with error: fork/exec /missing: no such file or directory",
				Pos:     diag.Pos{File: "Dockerfile", Line: 3, Column: 1, End: 4},
			},
		},
		{
			name:       "nothing decided",
			dockerfile: "FROM elsewhere.example.com/base:1\n",
			want: diag.Diagnostic{
				Code:    "unbound-image",
				Summary: "nothing was decided for image elsewhere.example.com/base:1",
				Detail:  "The build was given 0 images; this is none of them.",
				Pos:     diag.Pos{File: "Dockerfile", Line: 1, Column: 6, End: 34},
			},
		},
		{
			name:       "network",
			dockerfile: "FROM scratch\nCOPY helper /helper\nRUN --network=none [\"/helper\", \"say\", \"x\"]\n",
			want: diag.Diagnostic{
				Code:    "no-network-isolation",
				Summary: "RUN --network=none cannot be had with chroot isolation",
				Pos:     diag.Pos{File: "Dockerfile", Line: 3, Column: 1, End: 4},
				Fix:     "build with isolation: oci",
			},
		},
		{
			name:       "copy from a stage",
			dockerfile: "FROM scratch AS one\nCOPY helper /helper\nFROM scratch\nCOPY --from=one /nothing /\n",
			want: diag.Diagnostic{
				Code:    "build-failed",
				Summary: `COPY --from=one /nothing /: stat: "/nothing": no such file or directory`,
				Pos:     diag.Pos{File: "Dockerfile", Line: 4, Column: 1, End: 5},
			},
		},
	}
	y := buildtest.NewYard(t, buildtest.Fastest)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := buildtest.Workspace(t, map[string]string{"Dockerfile": tt.dockerfile, "helper": buildtest.Program})
			j := buildtest.Build(t, dockerfile.Strategy{}, y.Request(t, "failing", dir))
			done := j.Completed(t)
			if done.Outcome != strategy.Failed || done.Image != nil || len(done.Diagnostics) != 1 {
				t.Fatalf("the build completed with %+v, want one failure", done)
			}
			if diff := cmp.Diff(tt.want, done.Diagnostics[0]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			nothingLeft(t, y, "no-token")
		})
	}
}

// nothingLeft checks that no container, mount or process is left of a build.
func nothingLeft(t *testing.T, y buildtest.Yard, token string) {
	t.Helper()
	if got := y.Containers(t); len(got) > 0 {
		t.Errorf("working containers are left: %v", got)
	}
	if got := mounts(t, y); len(got) > 0 {
		t.Errorf("mounts are left: %v", got)
	}
	if got := processes(token); len(got) > 0 {
		t.Errorf("processes are left: %v", got)
	}
	if got, _ := filepath.Glob("/sys/fs/cgroup/*/*slipway-" + filepath.Base(token) + "*"); len(got) > 0 {
		t.Errorf("control groups are left: %v", got)
	}
}

// mounts are the mounts in the storage, but for the driver's own folder.
func mounts(t *testing.T, y buildtest.Yard) []string {
	t.Helper()
	info, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(info)) {
		point := strings.Fields(line)[4]
		if strings.HasPrefix(point, y.Storage.Root) && point != filepath.Join(y.Storage.Root, y.Storage.Driver) {
			out = append(out, point)
		}
	}
	return out
}

// processes are the command lines that hold token.
func processes(token string) []string {
	var out []string
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err == nil && bytes.Contains(line, []byte(token)) {
			out = append(out, string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return out
}

// lingering is a workspace whose build does not end. The token is put together
// at run time, so that no command line of the test holds it.
func lingering(t *testing.T, token string) string {
	return buildtest.Workspace(t, map[string]string{
		"Dockerfile": "FROM scratch\nCOPY helper /helper\nRUN [\"/helper\", \"linger\", \"" + token + "\"]\n",
		"helper":     buildtest.Program,
	})
}

func TestCancel(t *testing.T) {
	for _, isolation := range []string{"chroot", "oci"} {
		t.Run(isolation, func(t *testing.T) {
			if isolation == "oci" {
				needRunc(t)
			}
			y := buildtest.NewYard(t, buildtest.Fastest)
			token := fmt.Sprintf("cancel-%s-%d", isolation, os.Getpid())
			req := y.Request(t, token, lingering(t, token))
			req.Isolation = isolation
			ctx, cancel := context.WithCancelCause(t.Context())
			j := &buildtest.Journal{Seen: make(chan string, 100)}
			ended := make(chan error, 1)
			go func() { ended <- dockerfile.Strategy{}.Build(ctx, req, j) }()
			await(t, j, ended, "lingering\n")
			if got, _ := filepath.Glob("/sys/fs/cgroup/*/slipway-" + token + "*"); isolation == "oci" && os.Getuid() == 0 && len(got) == 0 {
				t.Error("the step has no control group by the build's name, so none can be swept")
			}
			if got := processes(token); len(got) < 2 {
				t.Errorf("%d processes linger, want the step and its child: %v", len(got), got)
			}
			// A build that begins now must leave the lingering one alone.
			other := buildtest.Workspace(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY a /a\n", "a": "a"})
			buildtest.MustBuild(t, dockerfile.Strategy{}, y.Request(t, "other", other))
			if got := y.Containers(t); len(got) == 0 {
				t.Error("another build removed the container of this one")
			}
			cancel(strategy.ErrStopped)
			if err := <-ended; err != nil {
				t.Fatalf("Build: %v", err)
			}
			if got := j.Completed(t); got.Outcome != strategy.Cancelled || len(got.Diagnostics) > 0 {
				t.Errorf("the build completed as %+v, want cancelled", got)
			}
			nothingLeft(t, y, token)
			buildtest.MustBuild(t, dockerfile.Strategy{}, y.Request(t, "cancelled", other))
		})
	}
}

// await waits for a line of output.
func await(t *testing.T, j *buildtest.Journal, ended <-chan error, want string) {
	t.Helper()
	for {
		select {
		case text := <-j.Seen:
			if text == want {
				return
			}
		case err := <-ended:
			t.Fatalf("the build ended: %v %+v\n%s", err, j.Events[len(j.Events)-1], j.Output())
		}
	}
}

func needRunc(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("runc"); err != nil {
		t.Skip("needs runc")
	}
}

// buildVariable makes the test binary a plugin that builds its value.
const buildVariable = "SLIPWAY_TEST_BUILD"

// A printer prints the output of a build and keeps its outcome.
type printer struct{ outcome strategy.Outcome }

func (p *printer) Send(e strategy.Event) error {
	switch e := e.(type) {
	case strategy.Log:
		os.Stdout.Write(e.Data)
	case strategy.Completed:
		p.outcome = e.Outcome
		fmt.Print(e.Diagnostics.Error())
	}
	return nil
}

// buildFor is main of such a plugin.
func buildFor(request string) int {
	var req strategy.BuildRequest
	if err := json.Unmarshal([]byte(request), &req); err != nil {
		return 1
	}
	p := &printer{}
	if err := (dockerfile.Strategy{}).Build(context.Background(), req, p); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if p.outcome != strategy.OK {
		return 1
	}
	return 0
}

func TestKilled(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	token := fmt.Sprintf("killed-%d", os.Getpid())
	req := y.Request(t, "killed", lingering(t, token))
	plugin := startPlugin(t, req)
	if err := plugin.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = plugin.Wait() // it was killed
	if got := y.Containers(t); len(got) == 0 {
		t.Fatal("a killed build left no container, so there is nothing to sweep")
	}
	for len(processes(token)) > 0 { // the kernel needs its time; the test's deadline is ours
		if t.Context().Err() != nil {
			t.Fatalf("processes are left: %v", processes(token))
		}
		time.Sleep(time.Millisecond)
	}
	dir := buildtest.Workspace(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY a /a\n", "a": "a"})
	for len(y.Containers(t)) > 0 {
		buildtest.MustBuild(t, dockerfile.Strategy{}, y.Request(t, "next", dir))
	}
	nothingLeft(t, y, token)
}

// startPlugin starts a build in another process and waits until it lingers.
func startPlugin(t *testing.T, req strategy.BuildRequest) *exec.Cmd {
	t.Helper()
	encoded, err := json.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), buildVariable+"="+string(encoded))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line := make([]byte, len("lingering\n"))
	if _, err := out.Read(line); err != nil || string(line) != "lingering\n" {
		t.Fatalf("the plugin printed %q, %v; want lingering", line, err)
	}
	return cmd
}
