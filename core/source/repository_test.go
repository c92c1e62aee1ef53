package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/core/source/gittest"
	"github.com/slipway-build/slipway/sdk/diag"
)

// clone is a repository with one commit and an environment for git.
func clone(t *testing.T) (r *gittest.Repository, env []string) {
	t.Helper()
	r = gittest.New(t)
	r.Write("inv/a", "a")
	r.Write("inv/run.sh", "#!/bin/sh\n")
	if err := errors.Join(os.Chmod(filepath.Join(r.Dir, "inv/run.sh"), 0o755), os.Symlink("a", filepath.Join(r.Dir, "inv/link"))); err != nil {
		t.Fatal(err)
	}
	r.Commit(".gitignore", "*.o\n")
	return r, gittest.Env(t)
}

func TestChanged(t *testing.T) {
	c, env := clone(t)
	c.Git("checkout", "-q", "-b", "work")
	c.Commit("inv/ü b", "committed")
	c.Git("rm", "-q", "inv/a")
	c.Write("inv/new", "untracked")
	c.Write("inv/x.o", "ignored")
	r, err := source.Open(t.Context(), filepath.Join(c.Dir, "inv"), env)
	if err != nil {
		t.Fatal(err)
	}
	fork, err := r.Fork(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Changed(t.Context(), fork)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(c.Dir, "inv/a"), filepath.Join(c.Dir, "inv/new"), filepath.Join(c.Dir, "inv/ü b")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Of a submodule the files in it are told, as far as its history tells, whatever
// settings and hooks of git say.
func TestChangedSubmodule(t *testing.T) {
	c, env := clone(t)
	library, _ := clone(t)
	there := filepath.Join(c.Dir, "inv/lib")
	c.Git("-c", "protocol.file.allow=always", "submodule", "add", "-q", library.Dir, there)
	c.Git("commit", "-q", "-m", "submodule")
	c.Git("config", "diff.ignoreSubmodules", "all")
	env = append(env, "GIT_DIR=.git", "GIT_INDEX_FILE=.git/index")
	changed := func() []string {
		t.Helper()
		r, err := source.Open(t.Context(), filepath.Join(c.Dir, "inv"), env)
		if err != nil {
			t.Fatal(err)
		}
		files, err := r.Changed(t.Context(), "HEAD")
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	if got := changed(); got != nil {
		t.Errorf("nothing has changed, and these files have: %q", got)
	}
	write(t, there, "inv/a", "edited")
	write(t, there, "new", "new")
	if diff := cmp.Diff([]string{there + "/inv/a", there + "/new"}, changed()); diff != "" {
		t.Errorf("after work in the submodule (-want +got):\n%s", diff)
	}
	library.Commit("inv/a", "committed")
	if err := os.RemoveAll(there); err != nil {
		t.Fatal(err)
	}
	c.Git("clone", "-q", library.Dir, there)
	if diff := cmp.Diff([]string{there + "/inv/a"}, changed()); diff != "" {
		t.Errorf("with the submodule at another commit (-want +got):\n%s", diff)
	}
	if err := os.RemoveAll(there); err != nil {
		t.Fatal(err)
	}
	c.Git("clone", "-q", "--depth", "1", "file://"+library.Dir, there)
	if diff := cmp.Diff([]string{there + "/"}, changed()); diff != "" {
		t.Errorf("with its history gone (-want +got):\n%s", diff)
	}
}

// The working tree as it was has what changed as it was, and all else as it is,
// also what git does not know.
func TestAsOf(t *testing.T) {
	c, env := clone(t)
	c.Write("inv/deep/er/gone", "gone")
	c.Commit("src/same", "same")
	c.Write("inv/a", "later")
	c.Write("inv/new", "new")
	c.Write("inv/x.o", "ignored")
	c.Git("rm", "-q", "-r", "inv/deep", "inv/run.sh")
	c.Write("inv/run.sh/now", "a folder")
	r, err := source.Open(t.Context(), c.Dir, env)
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Changed(t.Context(), "HEAD")
	to := filepath.Join(t.TempDir(), "tree")
	if err := errors.Join(err, r.AsOf(t.Context(), "HEAD", files, to)); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"inv/a": "a", "inv/link": "a", "inv/new": "", "inv/x.o": "ignored", "inv/run.sh": "#!/bin/sh\n", "inv/deep/er/gone": "gone", "src/same": "same",
	}
	got := map[string]string{}
	for name := range want {
		text, _ := os.ReadFile(filepath.Join(to, name))
		got[name] = string(text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if info, err := os.Stat(filepath.Join(to, "inv/run.sh")); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("the program is %v, %v", info, err)
	}
	if now, err := os.ReadFile(filepath.Join(c.Dir, "inv/a")); err != nil || string(now) != "later" {
		t.Errorf("the working tree has %q, %v", now, err)
	}
}

func TestUnknownRevision(t *testing.T) {
	c, env := clone(t)
	r, err := source.Open(t.Context(), c.Dir, env)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Fork(t.Context(), "nowhere")
	want := `error[no-revision]: cannot compare with "nowhere": git merge-base: fatal: Not a valid object name nowhere (name a commit, branch or tag that was fetched with its history (fetch-depth: 0))`
	if err == nil || err.Error() != want || diag.Of(err) == nil {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

func TestNoRepository(t *testing.T) {
	_, env := clone(t)
	if _, err := source.Open(t.Context(), t.TempDir(), append(env, "GIT_CEILING_DIRECTORIES=/")); diag.Of(err) == nil {
		t.Errorf("the error is %v, want a diagnostic", err)
	}
}
