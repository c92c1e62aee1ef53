package s2i_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/build"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/plugins/s2i"
	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/plugintest"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// serveVariable makes this test binary the plugin.
const serveVariable = "SLIPWAY_TEST_SERVE"

func TestMain(m *testing.M) {
	if build.Reexec() {
		return
	}
	if os.Getenv(serveVariable) != "" {
		sdk.ServeStrategy(s2i.Strategy())
	}
	syscall.Umask(0o022) // modes are part of what is built, so they are as written
	os.Exit(m.Run())
}

// builder makes a builder image and binds the reference "builder" to it.
func builder(t testing.TB, y buildtest.Yard, more string) strategy.BaseImage {
	t.Helper()
	dir := buildtest.Workspace(t, map[string]string{
		"Dockerfile": "FROM scratch\nCOPY assemble /usr/libexec/s2i/\nCOPY assemble /other/\nCOPY assemble /helper\n" +
			"RUN [\"/helper\", \"share\", \"/app\"]\n" + more,
		"assemble": buildtest.Program,
	})
	return y.Base("builder", buildtest.MustBuild(t, dockerfile.Strategy{}, y.Request(t, "builder", dir)))
}

const labelled = "LABEL io.openshift.s2i.scripts-url=image:///usr/libexec/s2i\nUSER 1001\nENTRYPOINT [\"/entry\"]\n"

// sources are what a developer keeps beside the code.
func sources() map[string]string {
	return map[string]string{
		"main.go": "package main", "README.md": "about", "sub/deep.txt": "deep",
		"image.yml": "strategy: s2i", "features/a.feature": "Feature: a", ".git/HEAD": "ref", "sub/.git/HEAD": "ref",
		".s2iignore":       "*.md\n",
		".s2i/environment": "# what it says\nGREETING=it's \"$5\" \\o/\nPRICE=7\n",
	}
}

// assembled is a build of a source with a builder.
func assembled(t testing.TB, y buildtest.Yard, base strategy.BaseImage, id, dir string) strategy.BuildRequest {
	t.Helper()
	req := y.Request(t, id, dir)
	req.Config = json.RawMessage(`{"builder":"builder"}`)
	req.Bases = []strategy.BaseImage{base}
	return req
}

func TestBuild(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	tests := []struct {
		name    string
		builder string
		config  string
		files   map[string]string
		edit    func(*strategy.BuildRequest)
		made    string
		command string
		user    string
	}{
		{
			name: "the builder's scripts", builder: labelled,
			made: "/tmp/src/.s2i/environment: …\n/tmp/src/.s2iignore: *.md\n/tmp/src/main.go: package main\n/tmp/src/sub/deep.txt: deep\n" +
				"GREETING=it's \"$5\" \\o/\nPRICE=7\nSTAGE=\nuid 1001\n",
			command: "/usr/libexec/s2i/run", user: "1001",
		},
		{
			name: "all that can be said", builder: labelled,
			config: `{"builder":"builder","scripts":"image:///other/","env":{"PRICE":"8"}}`,
			edit: func(r *strategy.BuildRequest) {
				r.Args = map[string]string{"STAGE": "test"}
				r.Secrets = map[string][]byte{"token": []byte("s3cret")}
			},
			made: "/tmp/src/.s2i/environment: …\n/tmp/src/.s2iignore: *.md\n/tmp/src/main.go: package main\n/tmp/src/sub/deep.txt: deep\n" +
				"/run/secrets/token: s3cret\nGREETING=it's \"$5\" \\o/\nPRICE=8\nSTAGE=test\nuid 1001\n",
			command: "/other/run", user: "1001",
		},
		{
			name: "scripts of the source", builder: "USER 1001:1001\nLABEL io.openshift.s2i.assemble-user=1002\n",
			files: map[string]string{".s2i/bin/assemble": buildtest.Program, ".s2iignore": ".s2i\n*.md\nsub\n"},
			made: "/tmp/src/.s2i/bin/assemble\n/tmp/src/.s2iignore: .s2i\n*.md\nsub\n/tmp/src/main.go: package main\n" +
				"/tmp/scripts/assemble\nGREETING=it's \"$5\" \\o/\nPRICE=7\nSTAGE=\nuid 1002\n",
			command: "/tmp/scripts/run", user: "1001:1001",
		},
		{
			name: "a folder of the workspace as root", builder: "LABEL io.s2i.scripts-url=image:///usr/libexec/s2i\n",
			config:  `{"builder":"builder","context":"sub"}`,
			made:    "/tmp/src/deep.txt: deep\nGREETING=\nPRICE=\nSTAGE=\nuid 0\n",
			command: "/usr/libexec/s2i/run",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := sources()
			maps.Copy(files, test.files)
			req := assembled(t, y, builder(t, y, test.builder), "app", buildtest.Workspace(t, files))
			if test.config != "" {
				req.Config = json.RawMessage(test.config)
			}
			if test.edit != nil {
				test.edit(&req)
			}
			id := buildtest.MustBuild(t, s2i.Strategy(), req)
			made := strings.ReplaceAll(y.Read(t, id, "/app/made"), "# what it says\nGREETING=it's \"$5\" \\o/\nPRICE=7\n", "…\n")
			if diff := cmp.Diff(test.made, made); diff != "" {
				t.Errorf("what was assembled (-want +got):\n%s", diff)
			}
			config, err := build.Config(t.Context(), strategy.BuildRequest{Bases: []strategy.BaseImage{y.Base("app", id)}, Dirs: req.Dirs}, "app")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{test.command}, config.Config.Cmd); diff != "" || config.Config.User != test.user {
				t.Errorf("it runs as %q (want %q) (-want +got):\n%s", config.Config.User, test.user, diff)
			}
			if got := config.Config.Labels["io.openshift.s2i.build.image"]; got != "builder" {
				t.Errorf("it says that it was built with %q", got)
			}
			if env := strings.Join(config.Config.Env, "\n"); strings.Contains(env, "STAGE") {
				t.Errorf("an argument is in the image's environment:\n%s", env)
			}
		})
	}
}

// TestReproducible builds twice, in two storages.
func TestReproducible(t *testing.T) {
	var ids []string
	for _, driver := range []string{buildtest.Fastest, "vfs"} {
		y := buildtest.NewYard(t, driver)
		req := assembled(t, y, builder(t, y, labelled), "app", buildtest.Workspace(t, sources()))
		ids = append(ids, buildtest.MustBuild(t, s2i.Strategy(), req))
	}
	if ids[0] != ids[1] {
		t.Errorf("equal builds made images %s and %s", ids[0], ids[1])
	}
}

// TestFails says what is wrong, where the user can mend it.
func TestFails(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	tests := []struct {
		name    string
		builder string
		file    string
		want    string
	}{
		{
			"no scripts", "USER 1\n", "x",
			"error[s2i.scripts]: the builder builder does not say where its scripts are: it has no label io.openshift.s2i.scripts-url\n" +
				"  fix: take an image that is made for source-to-image, say scripts: image:///…, or put assemble and run into .s2i/bin of the source",
		},
		{
			"scripts on the network", "LABEL io.openshift.s2i.scripts-url=https://example.com/s2i\n", "x",
			"error[s2i.scripts]: the label io.openshift.s2i.scripts-url of the builder builder: scripts \"https://example.com/s2i\" are not in the builder image, and none are fetched\n" +
				"  fix: say scripts: image:///…, or put them into .s2i/bin of the source",
		},
		{
			"source that does not compile", labelled, "broken",
			"error[run-failed]: RUN [\"/usr/libexec/s2i/assemble\"]: exit code 1",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := sources()
			files[test.file] = ""
			req := assembled(t, y, builder(t, y, test.builder), "app", buildtest.Workspace(t, files))
			j := buildtest.Build(t, s2i.Strategy(), req)
			done := j.Completed(t)
			if done.Outcome != strategy.Failed || len(done.Diagnostics) != 1 {
				t.Fatalf("the build %s: %v", done.Outcome, done.Diagnostics)
			}
			d := done.Diagnostics[0]
			got := "error[" + d.Code + "]: " + d.Summary
			if d.Fix != "" {
				got += "\n  fix: " + d.Fix
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if test.file == "broken" && !strings.Contains(d.Detail, "main.go:1: this does not compile") {
				t.Errorf("the end of the output is missing: %s", d.Detail)
			}
		})
	}
}

func TestPlan(t *testing.T) {
	dir := buildtest.Workspace(t, sources())
	ask := func(config string) strategy.PlanResponse {
		answer, err := s2i.Strategy().Plan(t.Context(), strategy.PlanRequest{Config: json.RawMessage(config), Workspace: dir})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	want := strategy.PlanResponse{
		Images: []strategy.ImageInput{{Reference: "builder", Kind: strategy.Base}},
		Inputs: []strategy.Input{{Path: ".s2iignore"}, {Path: ".", Exclude: []string{".git", "**/.git", "image.yml", "features", "*.md"}}},
	}
	if diff := cmp.Diff(want, ask(`{"builder":"builder"}`)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want.Inputs = []strategy.Input{{Path: "sub/.s2iignore"}, {Path: "sub", Exclude: []string{"sub/.git", "sub/**/.git"}}}
	if diff := cmp.Diff(want, ask(`{"builder":"builder","context":"./sub"}`)); diff != "" {
		t.Errorf("of a folder (-want +got):\n%s", diff)
	}
}

func TestMistakes(t *testing.T) {
	files := map[string]string{".s2i/environment": "A=1\nno equals sign\n2B=x\n"}
	dir := buildtest.Workspace(t, files)
	tests := []struct{ name, config, want string }{
		{"no builder", `{}`, `/builder: "builder" is missing`},
		{"a builder that is none", `{"builder":"a b"}`, `/builder: the builder "a b" is no image reference`},
		{"scripts", `{"builder":"b","scripts":"https://x/y"}`, `/scripts: scripts "https://x/y" are not in the builder image, and none are fetched`},
		{"relative scripts", `{"builder":"b","scripts":"image://y"}`, `/scripts: scripts "image://y" name no absolute folder of the builder image`},
		{"environment", `{"builder":"b","env":{"A B":"x","C":"x\ny"}}`, "/env/A B: \"A B\" is no name of a variable\n/env/C: the value of C has more than one line"},
		{"no such folder", `{"builder":"b","context":"nowhere"}`, "/context: there is no folder nowhere in the workspace"},
		{"environment file", `{"builder":"b"}`, ".s2i/environment:2:1: \"no equals sign\" is no variable\n.s2i/environment:3:1: \"2B=x\" is no variable"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer, err := s2i.Strategy().Plan(t.Context(), strategy.PlanRequest{Config: json.RawMessage(test.config), Workspace: dir})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range answer.Diagnostics {
				place := d.Path
				if d.Pos.File != "" {
					place = d.Pos.String()
				}
				got = append(got, place+": "+d.Summary)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestLinkOutside finds no file of the machine behind a link.
func TestLinkOutside(t *testing.T) {
	dir := buildtest.Workspace(t, map[string]string{"main.go": ""})
	if err := os.Symlink(filepath.Join(t.TempDir(), "x"), filepath.Join(dir, ".s2iignore")); err != nil {
		t.Fatal(err)
	}
	_, err := s2i.Strategy().Plan(context.Background(), strategy.PlanRequest{Config: json.RawMessage(`{"builder":"b"}`), Workspace: dir})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSuite holds the strategy to what is asked of anybody's.
func TestSuite(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	files := map[string]string{"fast/main.go": "package main", "slow/slow": ""}
	plugintest.Run(t, plugintest.Options{
		Command:    []string{"/proc/self/exe"},
		Env:        append(pluginhost.Environment(os.Environ()), serveVariable+"=1"),
		GoodConfig: `{"builder":"builder","context":"fast"}`,
		SlowConfig: `{"builder":"builder","context":"slow"}`,
		Workspace:  buildtest.Workspace(t, files),
		Bases:      []strategy.BaseImage{builder(t, y, labelled)},
		Storage:    y.Storage,
	})
	if got := y.Containers(t); len(got) > 0 {
		t.Errorf("working containers are left: %v", got)
	}
}
