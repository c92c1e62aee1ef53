package plugintest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// canary is the secret that every build gets.
const canary = "canary-7d1f0c5e9b"

// A trial is the world of one check: folders that are its own.
type trial struct {
	Options
	dir  string
	made int // builds requested
}

// inTrial calls f with a new world, and removes it afterwards.
func inTrial(o Options, f func(*trial) error) (err error) {
	dir, err := os.MkdirTemp("", "plugintest")
	if err != nil {
		return fmt.Errorf("making a folder for the check: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	t := &trial{Options: o, dir: dir}
	for _, name := range []string{"tmp", "cwd", "cache"} {
		if err := os.Mkdir(t.path(name), 0o755); err != nil {
			return fmt.Errorf("making a folder for the check: %w", err)
		}
	}
	return f(t)
}

func (t *trial) path(elements ...string) string {
	return filepath.Join(append([]string{t.dir}, elements...)...)
}

// env is the plugin's environment, with temporary files going to the check's
// own folder and the given entries added.
func (t *trial) env(extra ...string) []string {
	var out []string
	for _, entry := range t.Env {
		if !strings.HasPrefix(entry, "TMPDIR=") {
			out = append(out, entry)
		}
	}
	return append(append(out, "TMPDIR="+t.path("tmp")), extra...)
}

// start starts the plugin as slipway does, with extra entries in its
// environment.
func (t *trial) start(ctx context.Context, extra ...string) (*pluginhost.Process, error) {
	return pluginhost.Start(ctx, pluginhost.Command{
		Path: t.Command[0], Args: t.Command[1:], Env: t.env(extra...), Dir: t.path("cwd"),
	}, pluginhost.Options{StopGrace: stopWithin, LifelineGrace: stopWithin})
}

// with starts the plugin, calls f, and ends the plugin.
func (t *trial) with(ctx context.Context, f func(*pluginhost.Process) error) error {
	p, err := t.start(ctx)
	if err != nil {
		return err
	}
	err = f(p)
	return errors.Join(err, p.Close(context.WithoutCancel(ctx)))
}

// target is what every build builds.
func (t *trial) target() strategy.Target { return strategy.Target{Image: "sample"} }

// request makes the folders of a build, the workspace among them.
func (t *trial) request(config string) (strategy.BuildRequest, error) {
	t.made++
	id := fmt.Sprintf("build-%d", t.made)
	r := strategy.BuildRequest{
		ID: id, Config: json.RawMessage(config), Target: t.target(), Args: t.Args, Bases: t.Bases,
		Isolation: t.Isolation, Storage: t.Storage, Timeout: int64(t.Limit / time.Second),
		Secrets: map[string][]byte{"token": []byte(canary)},
		Dirs: strategy.Dirs{
			Workspace: t.path(id, "workspace"), Output: t.path(id, "output"),
			Scratch: t.path(id, "scratch"), Cache: t.path("cache"),
		},
	}
	for _, dir := range []string{r.Dirs.Workspace, r.Dirs.Output, r.Dirs.Scratch} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return r, fmt.Errorf("making the folders of a build: %w", err)
		}
	}
	return r, t.fill(r.Dirs.Workspace)
}

// fill puts the workspace's files into dir.
func (t *trial) fill(dir string) error {
	if t.Workspace == "" {
		return os.WriteFile(filepath.Join(dir, "app.txt"), []byte("sample\n"), 0o644)
	}
	if err := os.CopyFS(dir, os.DirFS(t.Workspace)); err != nil {
		return fmt.Errorf("copying the workspace: %w", err)
	}
	return nil
}

// build builds config, records what the plugin says, and expects it to succeed.
func (t *trial) build(ctx context.Context, p *pluginhost.Process, config string) (*Recording, strategy.BuildRequest, error) {
	r, err := t.request(config)
	if err != nil {
		return nil, r, err
	}
	rec := &Recording{}
	if err := p.Build(ctx, r, rec); err != nil {
		return rec, r, err
	}
	return rec, r, rec.succeeded()
}

// built starts the plugin, builds the good config, and lets f look at it while
// the plugin still runs.
func (t *trial) built(ctx context.Context, f func(*Recording, strategy.BuildRequest) error) error {
	return t.with(ctx, func(p *pluginhost.Process) error {
		rec, r, err := t.build(ctx, p, t.GoodConfig)
		if err != nil {
			return err
		}
		return f(rec, r)
	})
}
