package plugintest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// InProcess serves d over the wire within the test's process, until the test
// ends: everything is encoded and decoded as between processes, coverage is
// counted, and breakpoints work.
func InProcess[C any](tb testing.TB, d sdk.Definition[C]) strategy.Strategy {
	tb.Helper()
	client, closer, err := rpc.InMemory(sdk.New(d), rpc.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := closer.Close(); err != nil {
			tb.Error(err)
		}
	})
	return client
}

// A Host stands in for slipway in an author's tests. Make one with [NewHost],
// and change Request before building.
type Host struct {
	Request strategy.BuildRequest // of the next build; its folders exist
}

// NewHost returns a host whose folders last as long as the test. The workspace
// gets the files: content by path.
func NewHost(tb testing.TB, files map[string]string) *Host {
	tb.Helper()
	dir := tb.TempDir()
	h := &Host{Request: strategy.BuildRequest{
		ID: "build", Target: strategy.Target{Image: "sample"}, Isolation: "chroot",
		Dirs: strategy.Dirs{
			Workspace: filepath.Join(dir, "workspace"), Output: filepath.Join(dir, "output"),
			Scratch: filepath.Join(dir, "scratch"), Cache: filepath.Join(dir, "cache"),
		},
	}}
	for _, path := range []string{h.Request.Dirs.Workspace, h.Request.Dirs.Output, h.Request.Dirs.Scratch, h.Request.Dirs.Cache} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			tb.Fatal(err)
		}
	}
	for name, content := range files {
		path := filepath.Join(h.Request.Dirs.Workspace, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return h
}

// Build builds config, a JSON object, with s and returns what the build said.
// The error means that the strategy broke; a build that failed says so in its
// Completed.
func (h *Host) Build(ctx context.Context, s strategy.Strategy, config string) (*Recording, error) {
	r := h.Request
	r.Config = json.RawMessage(config)
	rec := &Recording{}
	return rec, s.Build(ctx, r, rec)
}

// Plan asks s what the build of config depends on.
func (h *Host) Plan(ctx context.Context, s strategy.Strategy, config string) (strategy.PlanResponse, error) {
	r := h.Request
	return s.Plan(ctx, strategy.PlanRequest{
		Config: json.RawMessage(config), Target: r.Target, Workspace: r.Dirs.Workspace, Args: r.Args,
	})
}
