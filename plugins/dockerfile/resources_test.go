package dockerfile_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// needBounds skips where nobody can be held to bounds.
func needBounds(t *testing.T) {
	t.Helper()
	needRunc(t)
	if os.Getuid() != 0 {
		t.Skip("needs root, to make control groups")
	}
}

// A step is held to its bounds by the kernel: what stands in its control group
// is what the image asks for.
func TestBounds(t *testing.T) {
	needBounds(t)
	y := buildtest.NewYard(t, buildtest.Fastest)
	token := fmt.Sprintf("bounds-%d", os.Getpid())
	req := y.Request(t, token, lingering(t, token))
	req.Isolation, req.Resources = "oci", strategy.Resources{Memory: 256 << 20, MilliCPUs: 1500}
	ctx, cancel := context.WithCancelCause(t.Context())
	j := &buildtest.Journal{Seen: make(chan string, 100)}
	ended := make(chan error, 1)
	go func() { ended <- dockerfile.Strategy{}.Build(ctx, req, j) }()
	await(t, j, ended, "lingering\n")
	group := "slipway-" + token + "*"
	want := map[string]string{"memory": "268435456", "cpu": "150000/100000"}
	got := map[string]string{
		"memory": setting(t, group, "memory.limit_in_bytes", "memory.max"),
		"cpu":    setting(t, group, "cpu.max"),
	}
	if got["cpu"] == "" {
		got["cpu"] = setting(t, group, "cpu.cfs_quota_us") + "/" + setting(t, group, "cpu.cfs_period_us")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the control group of the step (-want +got):\n%s", diff)
	}
	cancel(strategy.ErrStopped)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, y, token)
}

// setting is what the first of several files of a control group says, of a
// unified hierarchy or of a controller's own.
func setting(t *testing.T, group string, names ...string) string {
	t.Helper()
	for _, name := range names {
		for _, root := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/*"} {
			found, err := filepath.Glob(filepath.Join(root, group, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range found {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				return strings.Join(strings.Fields(string(content)), "/")
			}
		}
	}
	return ""
}

func TestWantsTooMuchMemory(t *testing.T) {
	needBounds(t)
	y := buildtest.NewYard(t, buildtest.Fastest)
	dir := buildtest.Workspace(t, map[string]string{
		"Dockerfile": "FROM scratch\nCOPY helper /helper\nRUN [\"/helper\", \"fill\", \"512\"]\n", "helper": buildtest.Program,
	})
	req := y.Request(t, "greedy", dir)
	req.Isolation, req.Resources = "oci", strategy.Resources{Memory: 64 << 20}
	done := buildtest.Build(t, dockerfile.Strategy{}, req).Completed(t)
	want := diag.List{{
		Code: "run-failed", Summary: `RUN ["/helper", "fill", "512"]: killed`,
		Pos: diag.Pos{File: "Dockerfile", Line: 3, Column: 1, End: 4},
		Fix: "a step may use 64 MiB of memory: see whether it needs more, and raise memory in resources",
	}}
	if diff := cmp.Diff(want, done.Diagnostics); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	nothingLeft(t, y, "greedy")
}

func TestBoundsThatNothingHolds(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	dir := buildtest.Workspace(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY Dockerfile /\n"})
	req := y.Request(t, "unbounded", dir)
	req.Resources = strategy.Resources{MilliCPUs: 500}
	want := diag.List{diag.Errorf("no-resources", diag.Pos{}, "chroot isolation holds a build to no bounds").
		WithFix("build with isolation: oci, or without resources")}
	done := buildtest.Build(t, dockerfile.Strategy{}, req).Completed(t)
	if diff := cmp.Diff(want, done.Diagnostics); diff != "" || done.Outcome != strategy.Failed {
		t.Errorf("%v (-want +got):\n%s", done.Outcome, diff)
	}
}
