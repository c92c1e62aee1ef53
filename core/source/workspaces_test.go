package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/source/gittest"
	"github.com/slipway-build/slipway/sdk/diag"
)

func TestGround(t *testing.T) {
	s := newSite(t)
	s.write("shared/lib/a", "a")
	s.write("shared/.git/config", "never")
	s.write("image/app.tgz", string(archive(t, "app-1/run", "run", "app-1/conf/x", "x", "other", "o")))
	err := errors.Join(os.Symlink("lib/a", filepath.Join(s.dir, "shared/link")), os.Chmod(filepath.Join(s.dir, "shared/lib/a"), 0o777))
	if err != nil {
		t.Fatal(err)
	}
	r := gittest.New(t)
	commit := r.Commit("server/main.go", "package main")
	r.Commit("unrelated", "u")
	tests := map[string]struct {
		yaml    string
		want    []string
		sources []buildkey.Source
	}{
		"a folder": {
			yaml: "- directory: ../shared",
			want: []string{"-rw-r--r-- app.tgz …", "drwxr-xr-x lib", "-rwxr-xr-x lib/a a", "Lrwxrwxrwx link -> lib/a", "-rw-r--r-- own own"},
		},
		"a folder below": {
			yaml: "- {directory: ../shared/lib, to: x/y}",
			want: []string{"-rw-r--r-- app.tgz …", "-rw-r--r-- own own", "drwxr-xr-x x", "drwxr-xr-x x/y", "-rwxr-xr-x x/y/a a"},
		},
		"a folder of an archive, and the rest elsewhere": {
			yaml: "- {archive: app.tgz, path: app-1}\n- {archive: app.tgz, to: all}",
			want: []string{
				"drwxr-xr-x all", "drwxr-xr-x all/app-1", "drwxr-xr-x all/app-1/conf", "-rw-r--r-- all/app-1/conf/x x", "-rw-r--r-- all/app-1/run run",
				"-rw-r--r-- all/other o", "-rw-r--r-- app.tgz …", "drwxr-xr-x conf", "-rw-r--r-- conf/x x", "-rw-r--r-- own own", "-rw-r--r-- run run",
			},
		},
		"an inline Dockerfile": {
			yaml: "- dockerfile: |\n    FROM scratch\n    COPY own /\n",
			want: []string{"-rw-r--r-- Dockerfile FROM scratch\nCOPY own /\n", "-rw-r--r-- app.tgz …", "-rw-r--r-- own own"},
		},
		"a repository at a commit": {
			yaml:    "- {git: " + r.Dir + ", ref: " + commit + ", to: src}",
			want:    []string{"-rw-r--r-- app.tgz …", "-rw-r--r-- own own", "drwxr-xr-x src", "drwxr-xr-x src/server", "-rw-r--r-- src/server/main.go package main"},
			sources: []buildkey.Source{{Name: r.Dir, Version: commit, Ref: commit}},
		},
		"a folder of a repository, as builders write it": {
			yaml: "- git: " + r.Dir + "#main:server",
			want: []string{"-rw-r--r-- app.tgz …", "-rw-r--r-- main.go package main", "-rw-r--r-- own own"},
			sources: []buildkey.Source{{
				Name: r.Dir + " (server)", Version: "tree:" + r.Git("rev-parse", "main:server"), Ref: "main", Commit: r.Git("rev-parse", "main"),
			}},
		},
		"the same twice": {
			yaml: "- directory: ../shared\n- directory: ../shared",
			want: []string{"-rw-r--r-- app.tgz …", "drwxr-xr-x lib", "-rwxr-xr-x lib/a a", "Lrwxrwxrwx link -> lib/a", "-rw-r--r-- own own"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			space, err := s.ground(tt.yaml)
			if err != nil {
				t.Fatal(err)
			}
			got := list(t, space.Dir)
			for i, line := range got {
				if strings.Contains(line, "app.tgz") {
					got[i] = "-rw-r--r-- app.tgz …"
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.sources, space.Sources); diff != "" {
				t.Errorf("sources (-want +got):\n%s", diff)
			}
			if again, err := s.ground(tt.yaml); err != nil || again.Dir != space.Dir {
				t.Errorf("the second time it is %s, %v", again.Dir, err)
			}
		})
	}
}

func TestNoSources(t *testing.T) {
	s := newSite(t)
	space, err := s.spaces.Ground(t.Context(), s.image(), nil)
	if err != nil || space.Dir != s.image() {
		t.Errorf("%+v, %v", space, err)
	}
	if _, err := os.Stat(s.spaces.Dir); err == nil {
		t.Error("a cache was begun")
	}
	if pos := (diag.Pos{File: "Dockerfile", Line: 1}); space.Place(pos) != pos {
		t.Error("a place was moved")
	}
}

func TestReplace(t *testing.T) {
	s := newSite(t)
	for name, text := range map[string]string{"a/f": "1", "a/d/x": "x", "b/f": "2", "b/d": "file", "c/f/deep": "3"} {
		s.write(name, text)
	}
	tests := map[string][]string{
		"- directory: ../a\n- {directory: ../b, replace: true}":    {"-rw-r--r-- d file", "-rw-r--r-- f 2", "-rw-r--r-- own own"},
		"- directory: ../b\n- {directory: ../a, replace: true}":    {"drwxr-xr-x d", "-rw-r--r-- d/x x", "-rw-r--r-- f 1", "-rw-r--r-- own own"},
		"- directory: ../a\n- {directory: ../c, replace: true}":    {"drwxr-xr-x d", "-rw-r--r-- d/x x", "drwxr-xr-x f", "-rw-r--r-- f/deep 3", "-rw-r--r-- own own"},
		"- {dockerfile: one}\n- {dockerfile: two, replace: true}":  {"-rw-r--r-- Dockerfile two", "-rw-r--r-- own own"},
		"- {dockerfile: one}\n- {dockerfile: one}":                 {"-rw-r--r-- Dockerfile one", "-rw-r--r-- own own"},
		"- {dockerfile: one, to: x}\n- {dockerfile: two, to: x/y}": {"-rw-r--r-- own own", "drwxr-xr-x x", "-rw-r--r-- x/Dockerfile one", "drwxr-xr-x x/y", "-rw-r--r-- x/y/Dockerfile two"},
	}
	for yaml, want := range tests {
		space, err := s.ground(yaml)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, list(t, space.Dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", yaml, diff)
		}
	}
}

func TestGroundMistakes(t *testing.T) {
	s := newSite(t)
	s.write("a/own", "another")
	s.write("a/sub/f", "1")
	s.write("b/sub/f", "2")
	s.write("bad.tar", string(archive(t, "../evil", "x")))
	s.write("good.tgz", string(archive(t, "f", "x")))
	r := gittest.New(t)
	r.Commit("f", "x")
	sum := strings.Repeat("0", 64)
	const in = "image/image.yml:1:"
	tests := map[string]string{
		"- directory: ../a": in + `14: error[source-conflict]: own comes from the image's own folder and, in another form, from directory ../a (image/image.yml:1:14) ` +
			"(leave it out of one, lay one into a folder of its own with to:, or have the later one win: replace: true)",
		"- {directory: ../b, to: .}\n- {directory: ../a/sub, to: sub}": "image/image.yml:2:15: error[source-conflict]: sub/f comes from directory ../b (image/image.yml:1:15) and, in another form, from directory ../a/sub (image/image.yml:2:15) " +
			"(leave it out of one, lay one into a folder of its own with to:, or have the later one win: replace: true)",
		"- directory: ../none":                          in + "14: error[bad-source]: directory ../none: there is no such folder",
		"- archive: ../none.tgz":                        in + "12: error[bad-source]: archive ../none.tgz: there is no such file",
		"- archive: ../bad.tar":                         in + `12: error[bad-source]: archive ../bad.tar: the entry "../evil" leads out of the archive`,
		"- {archive: ../good.tgz, path: none}":          in + "13: error[bad-source]: archive ../good.tgz: there is no folder none in it",
		"- {archive: ../good.tgz, sha256: " + sum + "}": in + "13: error[bad-source]: archive ../good.tgz: its SHA-256 is SUM, want " + sum,
		"- {git: " + r.Dir + ", ref: mian}":             in + "9: error[bad-source]: " + r.Dir + ": it has no branch or tag mian",
		"- {git: " + r.Dir + ", path: none}":            in + "9: error[bad-source]: " + r.Dir + ": there is no folder none at commit " + r.Git("rev-parse", "HEAD"),
		"- {git: ../a}":                                 in + "9: error[bad-source]: ../a: it is no git repository",
		"- directory: ../none\n- archive: no":           in + "14: error[bad-source]: directory ../none: there is no such folder\nimage/image.yml:2:12: error[bad-source]: archive no: there is no such file",
	}
	for yaml, want := range tests {
		_, err := s.ground(yaml)
		got := s.clean(err)
		if at := strings.Index(want, "SUM"); at >= 0 && len(got) > at+64 {
			got = got[:at] + "SUM" + got[at+64:]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", yaml, diff)
		}
	}
}

// One process lays a workspace, and others find it; what somebody wrote into is
// laid again.
func TestShared(t *testing.T) {
	s := newSite(t)
	layers := s.layers("- dockerfile: FROM scratch")
	dirs := make([]string, 4)
	var wg sync.WaitGroup
	for i := range dirs {
		wg.Go(func() {
			space, err := s.another(s.spaces.Dir).Ground(t.Context(), s.image(), layers)
			if err != nil {
				t.Error(err)
			}
			dirs[i] = space.Dir
		})
	}
	wg.Wait()
	for _, dir := range dirs[1:] {
		if dir != dirs[0] {
			t.Errorf("workspaces are %v", dirs)
		}
	}
	write(t, dirs[0], "spoilt", "x")
	if _, err := s.spaces.Ground(t.Context(), s.image(), layers); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"-rw-r--r-- Dockerfile FROM scratch", "-rw-r--r-- own own"}, list(t, dirs[0])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	left, err := filepath.Glob(filepath.Join(s.spaces.Dir, "workspaces", ".new-*"))
	if err != nil || left != nil {
		t.Errorf("left behind is %v, %v", left, err)
	}
}

// A branch that moves while a run goes on does not move for the run; another
// run sees it, and so does one that goes on with what it began with.
func TestOneCommitForARun(t *testing.T) {
	s, r := newSite(t), gittest.New(t)
	r.Commit("f", "1")
	yaml := "- {git: " + r.Dir + ", to: src}"
	kept := map[string]string{}
	recall := func(question string, ask func() (string, error)) (string, error) {
		if kept[question] == "" {
			var err error
			if kept[question], err = ask(); err != nil {
				return "", err
			}
		}
		return kept[question], nil
	}
	s.spaces.Recall = recall
	first, err := s.ground(yaml)
	if err != nil {
		t.Fatal(err)
	}
	r.Commit("f", "2")
	if again, err := s.ground(yaml); err != nil || again.Dir != first.Dir {
		t.Errorf("in the same run it is %s, %v", again.Dir, err)
	}
	s.spaces = s.another(s.spaces.Dir)
	next, err := s.ground(yaml)
	if err != nil || next.Dir == first.Dir {
		t.Errorf("in the next run it is %s, %v", next.Dir, err)
	}
	reason := buildkey.Diff(buildkey.Facts{Sources: first.Sources}, buildkey.Facts{Sources: next.Sources})[0]
	if n, ok := s.spaces.Between(t.Context(), s.layers(yaml), reason); n != 1 || !ok {
		t.Errorf("%d commits lie between, %t: %v", n, ok, reason)
	}
	s.spaces = s.another(s.spaces.Dir)
	s.spaces.Recall = recall
	if resumed, err := s.ground(yaml); err != nil || resumed.Dir != first.Dir {
		t.Errorf("in the run that goes on it is %s, %v", resumed.Dir, err)
	}
}

func TestWarnings(t *testing.T) {
	s, r, lib := newSite(t), gittest.New(t), gittest.New(t)
	lib.Commit("lib.c", "x")
	r.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", lib.Dir, "vendor/lib")
	r.Commit("src/f", "1")
	r.Write("src/f", "2")
	yaml := "- {git: " + r.Dir + ", to: x}"
	space, err := s.ground(yaml)
	want := "image/image.yml:1:9: warning[uncommitted]: " + r.Dir + " has changes that are not committed, and only commits count (commit them, or take the folder as it is: directory: " + r.Dir + ")\n" +
		"image/image.yml:1:9: warning[submodules]: " + r.Dir + " has submodules, whose folders stay empty: vendor/lib (write submodules: true)"
	if diff := cmp.Diff(want, s.clean(space.Warnings)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if text, err := os.ReadFile(filepath.Join(space.Dir, "x/src/f")); string(text) != "1" {
		t.Errorf("the workspace has %q, %v", text, err)
	}
	space, err = s.ground("- {git: " + r.Dir + ", to: x, submodules: true, path: vendor}")
	if err != nil || space.Warnings != nil {
		t.Error(err, space.Warnings)
	}
	if text, err := os.ReadFile(filepath.Join(space.Dir, "x/lib/lib.c")); string(text) != "x" {
		t.Errorf("the submodule has %q, %v", text, err)
	}
}

// Places in a workspace are those of the files that it is laid of.
func TestPlace(t *testing.T) {
	s, r := newSite(t), gittest.New(t)
	r.Commit("f", "1")
	s.write("image/in/deep", "1")
	s.write("shared/x/y", "1")
	space, err := s.ground("- {directory: ../shared, to: lib}\n- {git: " + r.Dir + ", to: in/src}\n- dockerfile: |\n    FROM scratch\n    COPY ünd none /\n")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[diag.Pos]diag.Pos{
		{File: "own", Line: 3}:                             {File: "image/own", Line: 3},
		{File: "in/deep", Line: 3}:                         {File: "image/in/deep", Line: 3},
		{File: "lib/x/y"}:                                  {File: "shared/x/y"},
		{File: "in/src/f"}:                                 {File: space.Dir + "/in/src/f"},
		{File: "Dockerfile", Line: 2, Column: 10, End: 14}: {File: "image/image.yml", Line: 5, Column: 14, End: 18},
		{File: "Dockerfile", Line: 1, Column: 6}:           {File: "image/image.yml", Line: 4, Column: 10, End: 17},
		{File: "Dockerfile", Line: 99}:                     {File: "image/image.yml", Line: 3, Column: 15, End: 16},
		{File: "Dockerfile"}:                               {File: "image/image.yml", Line: 3, Column: 15, End: 16},
		{File: filepath.Join(s.dir, "elsewhere"), Line: 1}: {File: "elsewhere", Line: 1},
		{}: {},
	}
	for pos, want := range tests {
		got := space.Place(pos)
		got.File = strings.TrimPrefix(got.File, s.dir+"/")
		if got != want {
			t.Errorf("%+v is at %+v, want %+v", pos, got, want)
		}
	}
}
