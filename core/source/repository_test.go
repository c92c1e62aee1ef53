package source_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/diag"
)

// clone is a repository with one commit and an environment for git.
func clone(t *testing.T) (dir string, env []string, git func(...string)) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir = t.TempDir()
	env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@test", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@test")
	git = func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir, cmd.Env = dir, env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	git("init", "-q", "-b", "main")
	write(t, dir, "inv/a", "a")
	write(t, dir, "inv/run.sh", "#!/bin/sh\n")
	write(t, dir, ".gitignore", "*.o\n")
	if err := errors.Join(os.Chmod(filepath.Join(dir, "inv/run.sh"), 0o755), os.Symlink("a", filepath.Join(dir, "inv/link"))); err != nil {
		t.Fatal(err)
	}
	git("add", "-A")
	git("commit", "-q", "-m", "first")
	return dir, env, git
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	at := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func TestChanged(t *testing.T) {
	dir, env, git := clone(t)
	git("checkout", "-q", "-b", "work")
	write(t, dir, "inv/ü b", "committed")
	git("add", "-A")
	git("commit", "-q", "-m", "work")
	git("rm", "-q", "inv/a")
	write(t, dir, "inv/new", "untracked")
	write(t, dir, "inv/x.o", "ignored")
	r, err := source.Open(t.Context(), filepath.Join(dir, "inv"), env)
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
	want := []string{filepath.Join(dir, "inv/a"), filepath.Join(dir, "inv/new"), filepath.Join(dir, "inv/ü b")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Of a submodule the files in it are told, as far as its history tells, whatever
// settings and hooks of git say.
func TestChangedSubmodule(t *testing.T) {
	dir, env, git := clone(t)
	library, _, inLibrary := clone(t)
	there := filepath.Join(dir, "inv/lib")
	git("-c", "protocol.file.allow=always", "submodule", "add", "-q", library, there)
	git("commit", "-q", "-m", "submodule")
	git("config", "diff.ignoreSubmodules", "all")
	env = append(env, "GIT_DIR=.git", "GIT_INDEX_FILE=.git/index")
	changed := func() []string {
		t.Helper()
		r, err := source.Open(t.Context(), filepath.Join(dir, "inv"), env)
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
	write(t, library, "inv/a", "committed")
	inLibrary("commit", "-q", "-a", "-m", "second")
	if err := os.RemoveAll(there); err != nil {
		t.Fatal(err)
	}
	git("clone", "-q", library, there)
	if diff := cmp.Diff([]string{there + "/inv/a"}, changed()); diff != "" {
		t.Errorf("with the submodule at another commit (-want +got):\n%s", diff)
	}
	if err := os.RemoveAll(there); err != nil {
		t.Fatal(err)
	}
	git("clone", "-q", "--depth", "1", "file://"+library, there)
	if diff := cmp.Diff([]string{there + "/"}, changed()); diff != "" {
		t.Errorf("with its history gone (-want +got):\n%s", diff)
	}
}

// The working tree as it was has what changed as it was, and all else as it is,
// also what git does not know.
func TestAsOf(t *testing.T) {
	dir, env, git := clone(t)
	write(t, dir, "inv/deep/er/gone", "gone")
	write(t, dir, "src/same", "same")
	git("add", "-A")
	git("commit", "-q", "-m", "before")
	write(t, dir, "inv/a", "later")
	write(t, dir, "inv/new", "new")
	write(t, dir, "inv/x.o", "ignored")
	git("rm", "-q", "-r", "inv/deep", "inv/run.sh")
	write(t, dir, "inv/run.sh/now", "a folder")
	r, err := source.Open(t.Context(), dir, env)
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Changed(t.Context(), "HEAD")
	to := t.TempDir()
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
	if now, err := os.ReadFile(filepath.Join(dir, "inv/a")); err != nil || string(now) != "later" {
		t.Errorf("the working tree has %q, %v", now, err)
	}
}

func TestUnknownRevision(t *testing.T) {
	dir, env, _ := clone(t)
	r, err := source.Open(t.Context(), dir, env)
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
	_, env, _ := clone(t)
	if _, err := source.Open(t.Context(), t.TempDir(), append(env, "GIT_CEILING_DIRECTORIES=/")); diag.Of(err) == nil {
		t.Errorf("the error is %v, want a diagnostic", err)
	}
}
