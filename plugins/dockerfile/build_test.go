package dockerfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// golden is the image that TestGolden builds. When it changes though buildah
// is meant to be the same, Version must be raised with it.
const golden = "sha256:35b1021640bc2ad22797915d1aa4f2da2967a506e7ebc333242f74f40601a5f8"

func TestGolden(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	dir := buildtest.Workspace(t, map[string]string{
		"Dockerfile": "FROM scratch\nARG WHO=nobody\nENV GREETS=$WHO\nCOPY hello.txt /etc/\nCOPY <<EOF /note\nwritten here\nEOF\nCMD [\"/bin/true\"]\n",
		"hello.txt":  "hello\n",
	})
	req := y.Request(t, "golden", dir)
	req.Target.Platform = "linux/amd64"
	req.Args = map[string]string{"WHO": "world"}
	req.Labels = map[string]string{"b": "2", "a": "1"}
	if got := buildtest.MustBuild(t, dockerfile.Strategy{}, req); got != golden {
		t.Errorf("the image is %s, want %s", got, golden)
	}
}

func TestSteps(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	files := map[string]string{
		"Dockerfile": "FROM scratch AS first\nCOPY helper /helper\nRUN [\"/helper\", \"write\", \"/made\", \"by first\"]\n" +
			"FROM scratch AS unused\nCOPY nothing-here /\n" +
			"FROM scratch\nCOPY --from=first /made /made\nCOPY helper /helper\nRUN [\"/helper\", \"say\", \"hello\"]\n",
		"helper": buildtest.Program,
	}
	files["Dockerfile"] = strings.Replace(files["Dockerfile"], "COPY nothing-here /", "COPY helper /other", 1)
	dir := buildtest.Workspace(t, files)
	first := buildtest.Build(t, dockerfile.Strategy{}, y.Request(t, "one", dir))
	again := buildtest.Build(t, dockerfile.Strategy{}, y.Request(t, "two", dir))
	want := []string{
		"build Dockerfile: ok",
		"FROM scratch AS first: ok",
		"COPY helper /helper: ok",
		`RUN ["/helper", "write", "/made", "by first"]: ok`,
		"FROM scratch: ok",
		"COPY --from=first /made /made: ok",
		"COPY helper /helper: ok",
		`RUN ["/helper", "say", "hello"]: ok`,
	}
	if diff := cmp.Diff(want, outcomes(first)); diff != "" {
		t.Errorf("first build (-want +got):\n%s", diff)
	}
	for i, line := range want {
		if !strings.HasPrefix(line, "FROM") {
			want[i] = strings.TrimSuffix(line, "ok") + "cached"
		}
	}
	if diff := cmp.Diff(want, outcomes(again)); diff != "" {
		t.Errorf("second build (-want +got):\n%s", diff)
	}
	if got, want := first.Output(), "hello\n"; got != want {
		t.Errorf("output is %q, want %q", got, want)
	}
	if first.Completed(t).Outcome != strategy.OK || again.Completed(t).Outcome != strategy.Cached {
		t.Errorf("outcomes are %s and %s, want ok and cached", first.Completed(t).Outcome, again.Completed(t).Outcome)
	}
	if one, two := first.Completed(t).Image, again.Completed(t).Image; *one != *two || one.Reference != y.Storage.Reference(strings.TrimPrefix(one.ID, "sha256:")) {
		t.Errorf("images are %+v and %+v, want one image, by its storage reference", one, two)
	}
	if got := y.Containers(t); len(got) > 0 {
		t.Errorf("working containers are left: %v", got)
	}
}

// outcomes are "title: outcome" of every step, in the order of their start.
func outcomes(j *buildtest.Journal) []string {
	var ids []string
	titles, ends := map[string]string{}, map[string]strategy.Outcome{}
	for _, e := range j.Events {
		switch e := e.(type) {
		case strategy.StepStarted:
			ids, titles[e.ID] = append(ids, e.ID), e.Title
		case strategy.StepFinished:
			ends[e.ID] = e.Outcome
		}
	}
	for i, id := range ids {
		ids[i] = titles[id] + ": " + ends[id].String()
	}
	return ids
}

func TestReproducible(t *testing.T) {
	files := map[string]string{
		"parent/Dockerfile":    "FROM scratch\nCOPY helper /helper\nCOPY tree /tree\nRUN [\"/helper\", \"write\", \"/made\", \"text\"]\n",
		"parent/helper":        buildtest.Program,
		"parent/tree/a/b":      "deep\n",
		"child/Dockerfile":     "FROM registry.example.com/ns/parent:1\nRUN [\"/helper\", \"append\", \"/made\", \" and more\"]\nLABEL done=yes\n",
		"mounting/Dockerfile":  "FROM registry.example.com/ns/parent:1\nRUN --mount=type=bind,from=other,source=/made,target=/mnt/made [\"/helper\", \"copy\", \"/mnt/made\", \"/copied\"]\nCOPY --from=third /made /third\n",
		"order/Dockerfile":     "FROM registry.example.com/ns/parent:1\nCOPY part part.txt part-2 /tree/\nRUN [\"/helper\", \"link\", \"/b\", \"/a\", \"/c\"]\nRUN [\"/helper\", \"remove\", \"/tree/a\", \"/made\"]\n",
		"order/part/index":     "x",
		"order/part.txt":       "y",
		"order/part-2":         "z",
		"shadowing/Dockerfile": "FROM parent AS parent\nRUN [\"/helper\", \"write\", \"/from-stage\", \"x\"]\nFROM parent\nCOPY --from=parent /from-stage /seen\n",
	}
	files["extended/Dockerfile"] = files["parent/Dockerfile"] + "RUN [\"/helper\", \"write\", \"/extended\", \"x\"]\n"
	files["extended/helper"], files["extended/tree/a/b"] = files["parent/helper"], files["parent/tree/a/b"]
	type ids struct{ Parent, Child, Mounting, Shadowing, Extended, Order string }
	chain := func(driver, name string, mtime time.Time) ids {
		y := buildtest.NewYard(t, driver)
		dir := buildtest.Workspace(t, files)
		age(t, dir, mtime)
		var got ids
		got.Parent = buildtest.MustBuild(t, dockerfile.Strategy{}, y.Request(t, "parent", filepath.Join(dir, "parent")))
		if name != "" {
			if err := y.Store(t).AddNames(strings.TrimPrefix(got.Parent, "sha256:"), []string{name}); err != nil {
				t.Fatal(err)
			}
		}
		on := func(id string, references ...string) string {
			req := y.Request(t, id, filepath.Join(dir, id))
			for _, r := range references {
				req.Bases = append(req.Bases, strategy.BaseImage{Reference: r, ImageID: got.Parent})
			}
			return buildtest.MustBuild(t, dockerfile.Strategy{}, req)
		}
		got.Extended = on("extended")
		got.Child = on("child", "registry.example.com/ns/parent:1")
		got.Mounting = on("mounting", "registry.example.com/ns/parent:1", "other", "third")
		got.Shadowing = on("shadowing", "parent")
		got.Order = on("order", "registry.example.com/ns/parent:1")
		if text := y.Read(t, got.Child, "made"); text != "text and more" {
			t.Errorf("the child's file holds %q", text)
		}
		if text := y.Read(t, got.Mounting, "copied") + y.Read(t, got.Mounting, "third"); text != "texttext" {
			t.Errorf("the files from images hold %q", text)
		}
		if text := y.Read(t, got.Shadowing, "seen"); text != "x" {
			t.Errorf("the file from the stage holds %q", text)
		}
		return got
	}
	want := chain("vfs", "", time.Unix(1e9, 0))
	if diff := cmp.Diff(want, chain("vfs", "docker.io/else/where:7", time.Unix(1.5e9, 0))); diff != "" {
		t.Errorf("with a name, at another time (-want +got):\n%s", diff)
	}
	t.Run("overlay", func(t *testing.T) {
		if diff := cmp.Diff(want, chain("overlay", "", time.Unix(1e9, 0))); diff != "" {
			t.Errorf("on overlay (-want +got):\n%s", diff)
		}
	})
}

// age gives every file of a tree the same time.
func age(t *testing.T, dir string, mtime time.Time) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, mtime, mtime)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEpoch(t *testing.T) {
	y, fresh := buildtest.NewYard(t, buildtest.Fastest), buildtest.NewYard(t, buildtest.Fastest)
	for _, text := range []string{
		"FROM scratch\nCOPY a /a\nENV X=1\n",
		"FROM scratch\nENV X=1\n",
	} {
		dir := buildtest.Workspace(t, map[string]string{"Dockerfile": text, "a": "a"})
		early := y.Request(t, "early", dir)
		late, alone := y.Request(t, "late", dir), fresh.Request(t, "late", dir)
		late.Epoch, alone.Epoch = 1e9, 1e9
		if e, l := buildtest.MustBuild(t, dockerfile.Strategy{}, early), buildtest.MustBuild(t, dockerfile.Strategy{}, late); e == l {
			t.Errorf("%q: two epochs give the same image", text)
		} else if a := buildtest.MustBuild(t, dockerfile.Strategy{}, alone); a != l {
			t.Errorf("%q: the cache of another epoch was used: %s, want %s", text, l, a)
		}
	}
}

func TestMounts(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	dir := buildtest.Workspace(t, map[string]string{
		"Dockerfile": `FROM scratch
COPY helper /helper
RUN --mount=type=cache,target=/cache ["/helper", "append", "/cache/count", "x"]
RUN --mount=type=cache,target=/cache ["/helper", "copy", "/cache/count", "/count"]
RUN --mount=type=bind,source=asset,target=/asset ["/helper", "copy", "/asset", "/bound"]
RUN --mount=type=secret,id=token ["/helper", "copy", "/run/secrets/token", "/tmp-token-length"]
RUN --mount=type=tmpfs,target=/scratch ["/helper", "write", "/scratch/file", "gone"]
COPY <<one <<two /docs/
first
one
second
two
`,
		"helper": buildtest.Program,
		"asset":  "asset\n",
	})
	req := y.Request(t, "m1", dir)
	req.Secrets = map[string][]byte{"token": []byte("s3cret")}
	id := buildtest.MustBuild(t, dockerfile.Strategy{}, req)
	files := map[string]string{"count": "x", "bound": "asset\n", "tmp-token-length": "s3cret", "scratch/file": "", "docs/one": "first\n", "docs/two": "second\n"}
	for path, want := range files {
		if got := y.Read(t, id, path); got != want {
			t.Errorf("%s holds %q, want %q", path, got, want)
		}
	}
	again := y.Request(t, "m2", dir)
	again.Secrets, again.NoCache = req.Secrets, true
	if got := y.Read(t, buildtest.MustBuild(t, dockerfile.Strategy{}, again), "count"); got != "xx" {
		t.Errorf("the cache mount holds %q in the second build, want xx", got)
	}
	entries, err := os.ReadDir(req.Dirs.Workspace)
	if err != nil || len(entries) != 3 {
		t.Errorf("the workspace holds %v, %v; want what it held", entries, err)
	}
}

func TestOwners(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	dir := buildtest.Workspace(t, map[string]string{
		"Dockerfile": "FROM scratch\nCOPY helper /helper\nRUN --mount=source=asset,target=/asset [\"/helper\", \"copy\", \"/asset\", \"/bound\"]\n" +
			"RUN --mount=target=/all [\"/helper\", \"copy\", \"/all/asset\", \"/again\"]\n",
		"helper": buildtest.Program,
		"asset":  "asset\n",
	})
	want := buildtest.MustBuild(t, dockerfile.Strategy{}, y.Request(t, "root", dir))
	for _, name := range []string{".", "asset", "helper"} {
		if err := os.Chown(filepath.Join(dir, name), 1234, 1234); err != nil {
			t.Skipf("cannot give a file away: %v", err)
		}
	}
	req := y.Request(t, "user", dir)
	req.NoCache = true
	if got := buildtest.MustBuild(t, dockerfile.Strategy{}, req); got != want {
		t.Errorf("with files of another user the image is %s, want %s", got, want)
	}
	if err := os.WriteFile(filepath.Join(dir, "asset"), []byte("changed\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	j := buildtest.Build(t, dockerfile.Strategy{}, y.Request(t, "changed", dir))
	if id := j.Completed(t).Image.ID; y.Read(t, id, "bound")+y.Read(t, id, "again") != "changed\nchanged\n" {
		t.Error("the cache overlooked that a mounted file changed")
	}
	if got := outcomes(j)[3]; got != `RUN --mount=source=asset,target=/asset ["/helper", "copy", "/asset", "/bound"]: ok` {
		t.Errorf("the step is %s", got)
	}
	if info, err := os.Stat(filepath.Join(dir, "asset")); err != nil || info.Sys().(*syscall.Stat_t).Uid != 1234 {
		t.Errorf("the workspace was changed: %v, %v", info, err)
	}
}

func TestIgnore(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	dir := buildtest.Workspace(t, map[string]string{
		"Dockerfile":    "FROM scratch\nCOPY . /all/\n",
		".dockerignore": "*.log\nsub\n!sub/keep\n",
		"a.txt":         "a", "b.log": "b", "sub/keep": "k", "sub/drop": "d",
	})
	id := buildtest.MustBuild(t, dockerfile.Strategy{}, y.Request(t, "ig", dir))
	for path, want := range map[string]string{"all/a.txt": "a", "all/b.log": "", "all/sub/keep": "k", "all/sub/drop": ""} {
		if got := y.Read(t, id, path); got != want {
			t.Errorf("%s holds %q, want %q", path, got, want)
		}
	}
}

func TestTarget(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	dir := buildtest.Workspace(t, map[string]string{
		"build/Containerfile.web": "FROM scratch AS one\nCOPY a /a\nFROM one AS two\nCOPY a /b\n",
		"src/a":                   "a",
	})
	req := y.Request(t, "tg", dir)
	req.Config = []byte(`{"file": "build/Containerfile.web", "context": "src", "target": "one"}`)
	id := buildtest.MustBuild(t, dockerfile.Strategy{}, req)
	if got := y.Read(t, id, "a") + y.Read(t, id, "b"); got != "a" {
		t.Errorf("the image holds %q, want a", got)
	}
}
