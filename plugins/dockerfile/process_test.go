package dockerfile_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/containers/common/libimage"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// TestProcesses builds in several processes on one storage at once.
func TestProcesses(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	var plugins []*exec.Cmd
	for i := range 4 {
		dir := buildtest.Workspace(t, map[string]string{
			"Dockerfile": fmt.Sprintf("FROM scratch\nCOPY helper /helper\nRUN [\"/helper\", \"write\", \"/n\", \"%d\"]\nRUN [\"/helper\", \"append\", \"/n\", \"!\"]\n", i),
			"helper":     buildtest.Program,
		})
		req := y.Request(t, fmt.Sprintf("p%d", i), dir)
		encoded, err := json.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), buildVariable+"="+string(encoded))
		cmd.Stdout, cmd.Stderr = t.Output(), t.Output() // shown when it fails
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		plugins = append(plugins, cmd)
	}
	for i, cmd := range plugins {
		if err := cmd.Wait(); err != nil {
			t.Errorf("build %d: %v", i, err)
		}
	}
	nothingLeft(t, y, "no-token")
}

// TestPulledBase builds on an image that is fetched from another storage, and
// expects what a build on the image itself gives.
func TestPulledBase(t *testing.T) {
	there, here := buildtest.NewYard(t, buildtest.Fastest), buildtest.NewYard(t, buildtest.Fastest)
	parent := buildtest.Workspace(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY helper /helper\nLABEL is=parent\n", "helper": buildtest.Program})
	child := buildtest.Workspace(t, map[string]string{"Dockerfile": "ARG BASE=example.com/parent:1\nFROM $BASE\nRUN [\"/helper\", \"write\", \"/made\", \"x\"]\n"})
	id := buildtest.MustBuild(t, dockerfile.Strategy{}, there.Request(t, "parent", parent))
	layout := "oci:" + filepath.Join(t.TempDir(), "layout") + ":parent"
	runtime, err := libimage.RuntimeFromStore(there.Store(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runtime.Push(t.Context(), strings.TrimPrefix(id, "sha256:"), layout, &libimage.PushOptions{CopyOptions: libimage.CopyOptions{SignaturePolicyPath: policy(t)}}); err != nil {
		t.Fatal(err)
	}
	base := strategy.BaseImage{Reference: "example.com/parent:1", ImageID: id, Location: layout}
	on := func(y buildtest.Yard) strategy.BuildRequest {
		req := y.Request(t, "child", child)
		req.Bases = []strategy.BaseImage{base}
		return req
	}
	want := buildtest.MustBuild(t, dockerfile.Strategy{}, on(there))
	if got := buildtest.MustBuild(t, dockerfile.Strategy{}, on(here)); got != want {
		t.Errorf("on the fetched base: %s, on the one in the storage: %s", got, want)
	}
	base.ImageID = want
	empty := buildtest.NewYard(t, buildtest.Fastest)
	j := buildtest.Build(t, dockerfile.Strategy{}, on(empty))
	wrong := fmt.Sprintf("Dockerfile:2:6: error[wrong-image]: %s holds image %s, not %s as decided", layout, id, want)
	if got := j.Completed(t).Diagnostics.Error(); got != wrong {
		t.Errorf("another image than decided:\n%s\nwant:\n%s", got, wrong)
	}
}

// policy is a signature policy for machines that have none.
func policy(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(path, []byte(`{"default":[{"type":"insecureAcceptAnything"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
