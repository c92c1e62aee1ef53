package git_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/source/git"
	"github.com/slipway-build/slipway/core/source/gittest"
)

func mirrors(t *testing.T) *git.Mirrors {
	t.Helper()
	return &git.Mirrors{Dir: filepath.Join(t.TempDir(), "git"), Env: gittest.Env(t)}
}

// taken resolves, fetches and checks out an origin.
func taken(t *testing.T, m *git.Mirrors, o git.Origin, folder string) (commit string, files map[string]string) {
	t.Helper()
	commit, err := m.Resolve(t.Context(), o)
	if err == nil {
		err = m.Fetch(t.Context(), o, commit)
	}
	to := t.TempDir()
	if err == nil {
		err = m.Checkout(t.Context(), o, commit, folder, to)
	}
	if err != nil {
		t.Fatal(err)
	}
	return commit, tree(t, to)
}

func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(at string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(at)
		files[strings.TrimPrefix(at, dir+"/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Every way to a repository brings the same files, and only what was added when
// something is fetched again.
func TestWays(t *testing.T) {
	ways := map[string]func(*gittest.Repository) string{
		"path": func(r *gittest.Repository) string { return r.Dir },
		"file": func(r *gittest.Repository) string { return "file://" + r.Dir },
		"http": (*gittest.Repository).Serve,
		"files over http": func(r *gittest.Repository) string {
			server := httptest.NewServer(http.FileServer(http.Dir(r.Dir)))
			t.Cleanup(server.Close)
			return server.URL + "/.git"
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t)
			r.Commit("first", "1")
			old := r.Commit("src/app", "one")
			r.Git("update-server-info")
			m, o := mirrors(t), git.Origin{URL: way(r), Ref: "main"}
			commit, files := taken(t, m, o, "")
			if diff := cmp.Diff(map[string]string{"first": "1", "src/app": "one"}, files); diff != "" || commit != old {
				t.Errorf("commit %s, want %s (-want +got):\n%s", commit, old, diff)
			}
			r.Commit("src/app", "two")
			r.Commit("src/app", "three")
			r.Git("update-server-info")
			commit, files = taken(t, m, o, "src")
			if diff := cmp.Diff(map[string]string{"app": "three"}, files); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n, ok := m.Between(t.Context(), o, old, commit); n != 2 || !ok {
				t.Errorf("%d commits lie between, known: %t", n, ok)
			}
			if n, ok := m.Between(t.Context(), o, commit, old); ok {
				t.Errorf("%d commits lead back", n)
			}
		})
	}
}

func TestRefs(t *testing.T) {
	r := gittest.New(t)
	first := r.Commit("a", "1")
	r.Git("tag", "-a", "-m", "annotated", "v1")
	r.Git("tag", "light")
	r.Git("branch", "both")
	second := r.Commit("a", "2")
	r.Git("tag", "both")
	r.Git("branch", "feature/x")
	m := mirrors(t)
	tests := map[string]struct{ want, wrong, fix string }{
		"":                {want: second},
		"main":            {want: second},
		"v1":              {want: first},
		"light":           {want: first},
		"refs/heads/both": {want: first},
		"refs/tags/both":  {want: second},
		"feature/x":       {want: second},
		"both":            {wrong: "it has a branch and a tag both", fix: "write refs/heads/both or refs/tags/both"},
		"x":               {wrong: "it has no branch or tag x"},
		first[:8]:         {wrong: "it has no branch or tag " + first[:8], fix: "of a commit write all 40 digits"},
		first:             {want: first},
		"-x":              {wrong: "neither a repository nor a ref begins with a dash"},
	}
	for ref, tt := range tests {
		t.Run(ref, func(t *testing.T) {
			o := git.Origin{URL: r.Dir, Ref: ref}
			got, err := m.Resolve(t.Context(), o)
			missing, _ := errors.AsType[*git.MissingError](err)
			if tt.wrong != "" {
				if diff := cmp.Diff(&git.MissingError{What: tt.wrong, Fix: tt.fix}, missing); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				return
			}
			if got != tt.want || err != nil {
				t.Fatalf("%s, %v, want %s", got, err, tt.want)
			}
			if err := m.Fetch(t.Context(), o, got); err != nil {
				t.Error(err)
			}
		})
	}
}

// A branch that was moved elsewhere by force is where it is now.
func TestForcePush(t *testing.T) {
	r := gittest.New(t)
	r.Commit("a", "1")
	old := r.Commit("a", "2")
	m, o := mirrors(t), git.Origin{URL: r.Dir, Ref: "main"}
	taken(t, m, o, "")
	r.Git("reset", "-q", "--hard", "HEAD~1")
	now := r.Commit("a", "3")
	commit, files := taken(t, m, o, "")
	if commit != now || files["a"] != "3" {
		t.Errorf("commit %s with %v, want %s", commit, files, now)
	}
	if _, ok := m.Between(t.Context(), o, old, now); ok {
		t.Error("it is said how many commits lead from one branch to another")
	}
}

func TestOffline(t *testing.T) {
	r := gittest.New(t)
	old := r.Commit("a", "1")
	m, o := mirrors(t), git.Origin{URL: r.Dir, Ref: "main"}
	taken(t, m, o, "")
	r.Commit("a", "2")
	m.Offline = true
	if commit, files := taken(t, m, o, ""); commit != old || files["a"] != "1" {
		t.Errorf("offline it is %s with %v", commit, files)
	}
	_, err := m.Resolve(t.Context(), git.Origin{URL: r.Dir, Ref: "other"})
	want := "reaching " + r.Dir + " other: it is not in the cache, and offline nobody is asked"
	if _, ok := errors.AsType[*git.UnreachableError](err); !ok || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
	if err := m.Fetch(t.Context(), git.Origin{URL: r.Dir, Ref: old}, old); err == nil {
		t.Error("a commit came from nowhere")
	}
}

// A server that does not answer, or does not let in, is not the user's mistake,
// and what it is told stands in no message.
func TestUnreachable(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, user+":"+password)
		http.Error(w, "no", http.StatusForbidden)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	for _, tt := range []struct {
		origin git.Origin
		sent   string
	}{
		{git.Origin{URL: "http://me:s3cret@" + host + "/app.git", Ref: "main"}, "me:s3cret"},
		{git.Origin{URL: "http://me@" + host + "/app.git", Ref: "main", Token: "s3cret"}, "me:s3cret"},
		{git.Origin{URL: "http://" + host + "/app.git", Ref: "main", Token: "s3cret"}, "git:s3cret"},
	} {
		mu.Lock()
		asked = nil
		mu.Unlock()
		_, err := mirrors(t).Resolve(t.Context(), tt.origin)
		unreachable, ok := errors.AsType[*git.UnreachableError](err)
		if !ok || unreachable.Origin != "http://"+host+"/app.git main" || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the error is %v", err)
		}
		mu.Lock()
		if len(asked) == 0 || asked[0] != tt.sent {
			t.Errorf("the server was told %q, want %s", asked, tt.sent)
		}
		mu.Unlock()
	}
	if _, err := mirrors(t).Resolve(t.Context(), git.Origin{URL: "/nowhere"}); err == nil || err.Error() != "there is no folder /nowhere" {
		t.Errorf("the error is %v", err)
	}
	if _, err := mirrors(t).Resolve(t.Context(), git.Origin{URL: "ext::sh -c true"}); err == nil || !strings.Contains(err.Error(), "transport 'ext' not allowed") {
		t.Errorf("the error is %v", err)
	}
}

func TestNames(t *testing.T) {
	for url, want := range map[string]string{
		"https://me:pw@git.example/a.git":  "https://git.example/a.git",
		"ssh://git:pw@git.example/a.git":   "ssh://git@git.example/a.git",
		"git@git.example:a.git":            "git@git.example:a.git",
		"/srv/a":                           "/srv/a",
		"https://git.example/a.git":        "https://git.example/a.git",
		"https://me:p%20w@git.example/%zz": "git.example/%zz",
	} {
		if got := (git.Origin{URL: url}).Name(); got != want {
			t.Errorf("%s is called %s, want %s", url, got, want)
		}
	}
}

func TestTree(t *testing.T) {
	r := gittest.New(t)
	r.Commit("src/a", "1")
	m, o := mirrors(t), git.Origin{URL: r.Dir}
	one, _ := taken(t, m, o, "src")
	before, err := m.Tree(t.Context(), o, one, "src")
	if err != nil {
		t.Fatal(err)
	}
	two := r.Commit("b", "2")
	if err := m.Fetch(t.Context(), o, two); err != nil {
		t.Fatal(err)
	}
	if after, err := m.Tree(t.Context(), o, two, "src"); after != before || err != nil {
		t.Errorf("a commit elsewhere made %s of %s, %v", after, before, err)
	}
	for folder, want := range map[string]string{
		"none":  "there is no folder none at commit " + two,
		"src/a": "src/a is no folder at commit " + two,
	} {
		if _, err := m.Tree(t.Context(), o, two, folder); fmt.Sprint(err) != want {
			t.Errorf("the error is %v, want %s", err, want)
		}
	}
}

// What a clone has is what is checked out: programs, links, and files that an
// archive of git would leave out or change.
func TestCheckout(t *testing.T) {
	r := gittest.New(t)
	r.Write(".gitattributes", "left-out export-ignore\nstamped export-subst\n")
	r.Write("left-out", "x")
	r.Write("stamped", "$Format:%H$")
	r.Write("run", "#!/bin/sh\n")
	if err := errors.Join(os.Chmod(filepath.Join(r.Dir, "run"), 0o755), os.Symlink("run", filepath.Join(r.Dir, "link"))); err != nil {
		t.Fatal(err)
	}
	commit := r.Commit("crlf", "a\r\nb\n")
	to := t.TempDir()
	d := git.Dir{Path: r.Dir, Env: append(gittest.Env(t), "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.autocrlf", "GIT_CONFIG_VALUE_0=true")}
	if err := d.Checkout(t.Context(), commit, to); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		".gitattributes": "left-out export-ignore\nstamped export-subst\n", "left-out": "x", "stamped": "$Format:%H$",
		"run": "#!/bin/sh\n", "link": "#!/bin/sh\n", "crlf": "a\r\nb\n",
	}
	if diff := cmp.Diff(want, tree(t, to)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if info, err := os.Stat(filepath.Join(to, "run")); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("the program is %v, %v", info, err)
	}
	if at, err := os.Readlink(filepath.Join(to, "link")); at != "run" {
		t.Errorf("the link leads to %q, %v", at, err)
	}
}

// Several at once fetch one commit, each with mirrors of its own as processes
// have.
func TestTogether(t *testing.T) {
	r := gittest.New(t)
	commit := r.Commit("a", "1")
	dir, env := filepath.Join(t.TempDir(), "git"), gittest.Env(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			m, o := &git.Mirrors{Dir: dir, Env: env}, git.Origin{URL: r.Dir, Ref: "main"}
			if err := m.Fetch(t.Context(), o, commit); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestSubmodules(t *testing.T) {
	lib, app := gittest.New(t), gittest.New(t)
	inner := lib.Commit("lib.c", "x")
	app.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", lib.Dir, "vendor/lib")
	app.Git("config", "-f", ".gitmodules", "submodule.vendor/lib.url", "../"+filepath.Base(filepath.Dir(lib.Dir))+"/"+filepath.Base(lib.Dir))
	commit := app.Commit("main.c", "y")
	m, o := mirrors(t), git.Origin{URL: app.Dir}
	if err := m.Fetch(t.Context(), o, commit); err != nil {
		t.Fatal(err)
	}
	got, err := m.Submodules(t.Context(), o, commit)
	if err != nil || len(got) != 1 || got[0].Path != "vendor/lib" || got[0].Commit != inner || !filepath.IsAbs(got[0].Origin.URL) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	if _, err := mirrors(t).Resolve(ctx, git.Origin{URL: gittest.New(t).Dir}); !errors.Is(err, stop) {
		t.Errorf("the error is %v", err)
	}
}
