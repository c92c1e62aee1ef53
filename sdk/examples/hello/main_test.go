package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func self(t *testing.T) string {
	path, err := filepath.EvalSymlinks("/proc/self/exe")
	if err != nil {
		t.Skip("the path of this program is unknown: ", err)
	}
	return path
}

func start(t *testing.T) *pluginhost.Process {
	t.Helper()
	c := pluginhost.Command{Name: "hello", Path: self(t), Env: append(pluginhost.Environment(os.Environ()), asPlugin+"=1")}
	p, err := pluginhost.Start(t.Context(), c, pluginhost.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestByHand(t *testing.T) {
	cmd := exec.Command(self(t))
	cmd.Env = append(os.Environ(), asPlugin+"=1")
	out, err := cmd.CombinedOutput()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != 2 {
		t.Errorf("ended with %v", err)
	}
	want := "hello 0.1.0 is a strategy plugin for slipway (Builds a greeting). Slipway starts it by itself; try it with: slipway plugin test -- " + self(t) + "\n"
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Error(diff)
	}
}

type recorded []strategy.Event

func (r *recorded) Send(e strategy.Event) error { *r = append(*r, e); return nil }

func TestBuild(t *testing.T) {
	out := t.TempDir()
	var got recorded
	request := strategy.BuildRequest{
		ID: "b", Config: json.RawMessage(`{"message":"ahoy"}`), Dirs: strategy.Dirs{Output: out}, Target: strategy.Target{Platform: "linux/riscv64"},
	}
	if err := start(t).Build(t.Context(), request, &got); err != nil {
		t.Fatal(err)
	}
	files := untar(t, out+"/image.tar")
	image := strategy.Image{
		Reference: "docker-archive:" + out + "/image.tar",
		ID:        fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(files["config.json"]))),
	}
	want := recorded{
		strategy.StepStarted{ID: "pack", Title: "Pack the image"},
		strategy.StepFinished{ID: "pack", Outcome: strategy.OK},
		strategy.Completed{Outcome: strategy.OK, Image: &image},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(files["config.json"], `"architecture":"riscv64"`) {
		t.Errorf("it is not for the platform that was asked for: %s", files["config.json"])
	}
	if !strings.Contains(files["layer.tar"], "ahoy") {
		t.Error("the layer lacks the message")
	}
}

func untar(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files := map[string]string{}
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		content, readErr := io.ReadAll(r)
		if err := errors.Join(err, readErr); err != nil {
			t.Fatal(err)
		}
		files[h.Name] = string(content)
	}
}

func TestValidate(t *testing.T) {
	got, err := start(t).Validate(t.Context(), strategy.ValidateRequest{Config: json.RawMessage(`{"message":""}`)})
	want := strategy.ValidateResponse{Diagnostics: diag.List{{
		Code: "config.range", Path: "/message", Summary: `the length of "message" is 0; wanted at least 1`,
	}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// BenchmarkStart is what a build pays for a process of its own.
func BenchmarkStart(b *testing.B) {
	path, err := filepath.EvalSymlinks("/proc/self/exe")
	if err != nil {
		b.Skip(err)
	}
	c := pluginhost.Command{Name: "hello", Path: path, Env: append(pluginhost.Environment(os.Environ()), asPlugin+"=1")}
	for b.Loop() {
		p, err := pluginhost.Start(b.Context(), c, pluginhost.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Describe(b.Context(), strategy.DescribeRequest{}); err != nil {
			b.Fatal(err)
		}
		if err := p.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
