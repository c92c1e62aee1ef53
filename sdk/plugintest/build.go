package plugintest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func buildsWell(ctx context.Context, t *trial) error {
	return t.built(ctx, func(*Recording, strategy.BuildRequest) error { return nil })
}

func declaresArtifacts(ctx context.Context, t *trial) error {
	return t.built(ctx, func(rec *Recording, r strategy.BuildRequest) error {
		declared := 0
		for _, e := range rec.Events() {
			if a, ok := e.(strategy.Artifact); ok {
				declared++
				if err := artifactHolds(a, r.Dirs.Output); err != nil {
					return err
				}
			}
		}
		if declared == 0 {
			return skip("the build declares no file")
		}
		return nil
	})
}

// artifactHolds compares what was said of a file with the file.
func artifactHolds(a strategy.Artifact, output string) error {
	if !filepath.IsLocal(a.Path) {
		return fmt.Errorf("artifact %q lies outside of the output folder", a.Path)
	}
	data, err := os.ReadFile(filepath.Join(output, a.Path))
	if err != nil {
		return fmt.Errorf("reading an artifact: %w", err)
	}
	if digest := fmt.Sprintf("sha256:%x", sha256.Sum256(data)); digest != a.Digest {
		return fmt.Errorf("artifact %s has digest %s, not %s as declared", a.Path, digest, a.Digest)
	}
	if int64(len(data)) != a.Size {
		return fmt.Errorf("artifact %s has %d bytes, not %d as declared", a.Path, len(data), a.Size)
	}
	return nil
}

func returnsItsImage(ctx context.Context, t *trial) error {
	return t.built(ctx, func(rec *Recording, r strategy.BuildRequest) error {
		return imageHolds(*rec.Completed().Image, r.Dirs.Output)
	})
}

// buildsTheSame builds in two processes, without reuse.
func buildsTheSame(ctx context.Context, t *trial) error {
	var ids []string
	for range 2 {
		err := t.with(ctx, func(p *pluginhost.Process) error {
			plan, err := t.plan(ctx, p)
			if err == nil && plan.Volatile != "" {
				return skip("the build is volatile: %s", plan.Volatile)
			}
			if err != nil {
				return err
			}
			id, err := t.fresh(ctx, p)
			ids = append(ids, id)
			return err
		})
		if err != nil {
			return err
		}
	}
	if ids[0] != ids[1] {
		return fmt.Errorf("equal inputs gave image %s, and then %s; say with Plan's volatile that it may not be reused", ids[0], ids[1])
	}
	return nil
}

// fresh builds without reuse, and returns the image's ID.
func (t *trial) fresh(ctx context.Context, p *pluginhost.Process) (string, error) {
	r, err := t.request(t.GoodConfig)
	if err != nil {
		return "", err
	}
	r.NoCache = true
	rec := &Recording{}
	if err := p.Build(ctx, r, rec); err != nil {
		return "", err
	}
	if err := rec.succeeded(); err != nil {
		return "", err
	}
	return rec.Completed().Image.ID, nil
}

func keepsSecrets(ctx context.Context, t *trial) error {
	p, err := t.start(ctx)
	if err != nil {
		return err
	}
	rec, r, err := t.build(ctx, p, t.GoodConfig)
	if err := errors.Join(err, p.Close(context.WithoutCancel(ctx))); err != nil {
		return err
	}
	for _, e := range rec.Events() {
		if strings.Contains(said(e), canary) {
			return fmt.Errorf("the secret is in an event: %T", e)
		}
	}
	if strings.Contains(rec.printed(), canary) {
		return errors.New("the secret is in what a step printed")
	}
	if strings.Contains(p.Stderr(), canary) || strings.Contains(strings.Join(p.Stray(), "\n"), canary) {
		return errors.New("the secret is in what the plugin logged")
	}
	return holdsNo(canary, r.Dirs.Output, r.Dirs.Cache, t.path("tmp"))
}

// said is the text of an event.
func said(e strategy.Event) string { return fmt.Sprintf("%+v", e) }

// printed is all output of all steps, each on its own.
func (r *Recording) printed() string {
	all := map[string]*strings.Builder{}
	for _, e := range r.Events() {
		if l, ok := e.(strategy.Log); ok {
			key := fmt.Sprint(l.Stderr, l.Step)
			if all[key] == nil {
				all[key] = &strings.Builder{}
			}
			all[key].Write(l.Data)
		}
	}
	var out strings.Builder
	for _, b := range all {
		out.WriteString(b.String())
	}
	return out.String()
}

// holdsNo expects a word in no file of these folders. The scratch folder is not
// among them: it is deleted, and some programs take secrets from files only.
func holdsNo(word string, dirs ...string) error {
	for _, dir := range dirs {
		files, err := listing(dir)
		if err != nil {
			return err
		}
		for name := range files {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err == nil && bytes.Contains(data, []byte(word)) {
				return fmt.Errorf("the secret is in the file %s", name)
			}
		}
	}
	return nil
}

// writesInside looks at the places that are not the plugin's: its working
// directory, its home, and the temporary directory once it has ended.
func writesInside(ctx context.Context, t *trial) error {
	home := t.path("home")
	if err := os.Mkdir(home, 0o755); err != nil {
		return err
	}
	p, err := t.start(ctx, "HOME="+home, "XDG_DATA_HOME="+home+"/.local/share", "XDG_STATE_HOME="+home+"/.local/state",
		"XDG_CACHE_HOME="+home+"/.cache", "XDG_CONFIG_HOME="+home+"/.config")
	if err != nil {
		return err
	}
	_, _, err = t.build(ctx, p, t.GoodConfig)
	if err := errors.Join(err, p.Close(context.WithoutCancel(ctx))); err != nil {
		return err
	}
	for what, dir := range map[string]string{"its working directory": t.path("cwd"), "its home": home, "TMPDIR": t.path("tmp")} {
		left, err := listing(dir)
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(left)) {
			return fmt.Errorf("it left %s in %s; temporary files go to the scratch folder", name, what)
		}
	}
	return nil
}

func buildsTwoAtOnce(ctx context.Context, t *trial) error {
	return t.with(ctx, func(p *pluginhost.Process) error {
		var all sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			r, err := t.request(t.GoodConfig)
			if err != nil {
				return err
			}
			all.Go(func() {
				errs[i] = buildsInside(ctx, p, r)
			})
		}
		all.Wait()
		return errors.Join(errs...)
	})
}

// buildsInside expects a build to leave its image in its own output folder.
func buildsInside(ctx context.Context, p *pluginhost.Process, r strategy.BuildRequest) error {
	rec := &Recording{}
	if err := p.Build(ctx, r, rec); err != nil {
		return err
	}
	if err := rec.succeeded(); err != nil {
		return err
	}
	return imageInside(*rec.Completed().Image, r.Dirs.Output)
}
