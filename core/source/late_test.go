package source_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// trees are images whose files stand in folders: reference → folder.
type trees struct {
	t    *testing.T
	dirs map[string]string
	run  func(source.Run) error
	runs int
}

func (f *trees) ID(reference string) string { return "sha256:" + f.dirs[reference] }

func (f *trees) Mount(_ context.Context, reference string) (string, func() error, error) {
	if f.dirs[reference] == "" {
		return "", nil, errors.New("there is no such image")
	}
	return f.dirs[reference], func() error { return nil }, nil
}

func (f *trees) Run(_ context.Context, r source.Run) error {
	f.runs++
	return f.run(r)
}

const lateYAML = `
- image: builder
  paths: { /opt/app: ., "/opt/lib/.": lib, "/opt/*.so": so }
- dockerfile: FROM scratch
- bundle: { image: maker, command: [make], env: { REF: v1 }, path: /shared, workspace: /src }
  to: dist
`

func (s *site) trees() *trees {
	for _, file := range []string{"builder/opt/app/run", "builder/opt/lib/a", "builder/opt/x.so", "maker/bin/make"} {
		s.write(file, file)
	}
	return &trees{
		t: s.t, dirs: map[string]string{"builder": filepath.Join(s.dir, "builder"), "maker": filepath.Join(s.dir, "maker")},
		run: func(r source.Run) error {
			seen, err := os.ReadFile(filepath.Join(r.Laid, "app/run"))
			return errors.Join(err, os.WriteFile(filepath.Join(r.Out, "bundle"), append(seen, r.Env["REF"]...), 0o644))
		},
	}
}

func TestWhole(t *testing.T) {
	s := newSite(t)
	images, layers := s.trees(), s.layers(lateYAML)
	if err := os.Symlink("/usr/bin/python3", filepath.Join(s.dir, "builder/opt/app/python")); err != nil {
		t.Fatal(err)
	}
	space, err := s.spaces.Whole(t.Context(), s.image(), layers, images)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"-rw-r--r-- Dockerfile FROM scratch", "drwxr-xr-x app", "Lrwxrwxrwx app/python -> /usr/bin/python3", "-rw-r--r-- app/run builder/opt/app/run",
		"drwxr-xr-x dist", "-rw-r--r-- dist/bundle builder/opt/app/runv1", "drwxr-xr-x lib", "-rw-r--r-- lib/a builder/opt/lib/a",
		"-rw-r--r-- own own", "drwxr-xr-x so", "-rw-r--r-- so/x.so builder/opt/x.so",
	}
	if diff := cmp.Diff(want, list(t, space.Dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again, err := s.spaces.Whole(t.Context(), s.image(), layers, images); err != nil || again.Dir != space.Dir || images.runs != 1 {
		t.Errorf("the second time it is %s after %d runs, %v", again.Dir, images.runs, err)
	}
	images.dirs["builder"] += "/."
	if other, err := s.spaces.Whole(t.Context(), s.image(), layers, images); err != nil || other.Dir == space.Dir {
		t.Errorf("of another image it is %s, %v", other.Dir, err)
	}
	ground, err := s.spaces.Ground(t.Context(), s.image(), layers)
	if err != nil || ground.Dir == space.Dir {
		t.Errorf("before the build it is %s, %v", ground.Dir, err)
	}
	if diff := cmp.Diff([]string{"-rw-r--r-- Dockerfile FROM scratch", "-rw-r--r-- own own"}, list(t, ground.Dir)); diff != "" {
		t.Errorf("before the build (-want +got):\n%s", diff)
	}
}

// What late layers are told counts from the beginning; what a container sees of
// the workspace does as well, and what it does not see does not.
func TestWhatLateLayersCount(t *testing.T) {
	s := newSite(t)
	facts := func(yaml string) buildkey.Key {
		t.Helper()
		space, err := s.ground(yaml)
		if err != nil {
			t.Fatal(err)
		}
		return buildkey.Compute(buildkey.Facts{Sources: space.Sources})
	}
	seen := map[buildkey.Key]string{}
	for _, yaml := range []string{
		lateYAML,
		strings.Replace(lateYAML, "/opt/app: .", "/opt/app: app", 1),
		strings.Replace(lateYAML, "v1", "v2", 1),
		strings.Replace(lateYAML, "[make]", "[make, all]", 1),
		strings.Replace(lateYAML, "/shared", "/other", 1),
		strings.Replace(lateYAML, "to: dist", "to: out", 1),
		strings.Replace(lateYAML, "to: dist", "to: dist\n  replace: true", 1),
		strings.Replace(lateYAML, "FROM scratch", "FROM seen", 1),
	} {
		key := facts(yaml)
		if other, taken := seen[key]; taken {
			t.Errorf("%s counts as%s", yaml, other)
		}
		seen[key] = yaml
	}
	unseen := strings.Replace(lateYAML, ", workspace: /src", "", 1)
	if facts(unseen) != facts(strings.Replace(unseen, "FROM scratch", "FROM unseen", 1)) {
		t.Error("what the container does not see counts")
	}
}

func TestLater(t *testing.T) {
	layers := newSite(t).layers(lateYAML)
	if diff := cmp.Diff([]string{"app", "dist", "lib", "so"}, source.Later(layers)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var got []strategy.ImageInput
	for _, in := range source.Inputs(layers) {
		in.File = filepath.Base(in.File)
		got = append(got, in)
	}
	want := []strategy.ImageInput{
		{Reference: "builder", Kind: strategy.Copy, File: "image.yml", Line: 2, Column: 10},
		{Reference: "maker", Kind: strategy.Copy, File: "image.yml", Line: 5, Column: 20},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A link of an image leads nothing out of the workspace, whoever is to write
// through it.
func TestLinksOfImages(t *testing.T) {
	s := newSite(t)
	images, outside := s.trees(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(s.dir, "builder/opt/out")); err != nil {
		t.Fatal(err)
	}
	for yaml, want := range map[string]string{
		"- {image: builder, paths: {/opt/: ., /opt/app/: out}}":      "image/image.yml:1:11: error[bad-source]: image builder: out is no folder",
		"- {image: builder, paths: {/opt/: ., /opt/app/: out/more}}": "image/image.yml:1:11: error[bad-source]: image builder: out is no folder",
		"- {image: builder, paths: {/opt/: .}}\n- {dockerfile: FROM x, to: out}": "image/image.yml:2:16: error[source-conflict]: out comes from image builder (image/image.yml:1:11) and, in another form, from the inline Dockerfile (image/image.yml:2:16) " +
			"(leave it out of one, lay one into a folder of its own with to:, or have the later one win: replace: true)",
	} {
		_, err := s.spaces.Whole(t.Context(), s.image(), s.layers(yaml), images)
		if diff := cmp.Diff(want, s.clean(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", yaml, diff)
		}
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
		t.Errorf("outside is %v, %v", left, err)
	}
}

func TestWholeMistakes(t *testing.T) {
	s := newSite(t)
	s.write("image/app/run", "mine")
	images := s.trees()
	nothing := errors.New("exit code 1")
	tests := map[string]struct {
		run  func(source.Run) error
		want string
	}{
		"- {image: builder, paths: {/none: .}}": {want: "image/image.yml:1:11: error[bad-source]: image builder: there is no /none in the image"},
		"- {image: builder, paths: {/opt/app: .}}": {want: "image/image.yml:1:11: error[source-conflict]: app/run comes from the image's own folder and, in another form, from image builder (image/image.yml:1:11) " +
			"(leave it out of one, lay one into a folder of its own with to:, or have the later one win: replace: true)"},
		"- {image: other, paths: {/x: .}}":         {want: "mounting other: there is no such image"},
		"- bundle: {image: maker, path: /shared}":  {run: func(source.Run) error { return nothing }, want: "running maker for a bundle: exit code 1"},
		"- bundle: {image: maker, path: /shared/}": {run: func(source.Run) error { return nil }, want: "image/image.yml:1:19: error[bad-source]: bundle maker: its container left nothing in /shared"},
	}
	for yaml, tt := range tests {
		images.run = tt.run
		_, err := s.spaces.Whole(t.Context(), s.image(), s.layers(yaml), images)
		if diff := cmp.Diff(tt.want, s.clean(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", yaml, diff)
		}
	}
}
