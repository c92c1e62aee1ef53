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

	"github.com/slipway-build/slipway/sdk/strategy"
)

// TestProcesses builds in several processes on one storage at once.
func TestProcesses(t *testing.T) {
	y := newYard(t, fastest)
	var plugins []*exec.Cmd
	for i := range 4 {
		dir := workspace(t, map[string]string{
			"Dockerfile": fmt.Sprintf("FROM scratch\nCOPY helper /helper\nRUN [\"/helper\", \"write\", \"/n\", \"%d\"]\nRUN [\"/helper\", \"append\", \"/n\", \"!\"]\n", i),
			"helper":     helperContent,
		})
		req := y.request(t, fmt.Sprintf("p%d", i), dir)
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
	y.nothingLeft(t, "no-token")
}

// TestPulledBase builds on an image that is fetched from another storage, and
// expects what a build on the image itself gives.
func TestPulledBase(t *testing.T) {
	there, here := newYard(t, fastest), newYard(t, fastest)
	parent := workspace(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY helper /helper\nLABEL is=parent\n", "helper": helperContent})
	child := workspace(t, map[string]string{"Dockerfile": "ARG BASE=example.com/parent:1\nFROM $BASE\nRUN [\"/helper\", \"write\", \"/made\", \"x\"]\n"})
	id := mustBuild(t, there.request(t, "parent", parent))
	layout := "oci:" + filepath.Join(t.TempDir(), "layout") + ":parent"
	runtime, err := libimage.RuntimeFromStore(there.store(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runtime.Push(t.Context(), strings.TrimPrefix(id, "sha256:"), layout, &libimage.PushOptions{CopyOptions: libimage.CopyOptions{SignaturePolicyPath: policy(t)}}); err != nil {
		t.Fatal(err)
	}
	base := strategy.BaseImage{Reference: "example.com/parent:1", ImageID: id, Location: layout}
	on := func(y yard) strategy.BuildRequest {
		req := y.request(t, "child", child)
		req.Bases = []strategy.BaseImage{base}
		return req
	}
	want := mustBuild(t, on(there))
	if got := mustBuild(t, on(here)); got != want {
		t.Errorf("on the fetched base: %s, on the one in the storage: %s", got, want)
	}
	base.ImageID = want
	empty := newYard(t, fastest)
	j := build(t, on(empty))
	wrong := fmt.Sprintf("Dockerfile:2:6: error[wrong-image]: %s holds image %s, not %s as decided", layout, id, want)
	if got := j.completed(t).Diagnostics.Error(); got != wrong {
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
