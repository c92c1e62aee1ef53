// Package gittest makes repositories of git for tests, and serves them.
package gittest

import (
	"errors"
	"net/http/cgi" //nolint:gosec // what is wrong with it was wrong in Go 1.6
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/source/git"
)

// A Repository is a clone with a working tree of its own.
type Repository struct {
	Dir string

	tb  testing.TB
	env []string
}

// New begins a repository with the branch main and no commit. A test is
// skipped where git is not installed.
func New(tb testing.TB) *Repository {
	tb.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		tb.Skip("git is not installed")
	}
	r := &Repository{Dir: tb.TempDir(), tb: tb, env: Env(tb)}
	r.Git("init", "-q", "-b", "main")
	return r
}

// Env is an environment for git that nothing on this machine has a say in.
func Env(tb testing.TB) []string {
	tb.Helper()
	return append(git.Environment(os.Environ()), "HOME="+tb.TempDir(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_COUNT=0",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@test", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@test")
}

// Git runs git in the repository and returns what it prints.
func (r *Repository) Git(args ...string) string {
	r.tb.Helper()
	out, err := git.Dir{Path: r.Dir, Env: r.env}.Line(r.tb.Context(), args...)
	if err != nil {
		r.tb.Fatal(err)
	}
	return out
}

// Write writes a file of the working tree.
func (r *Repository) Write(name, text string) {
	r.tb.Helper()
	at := filepath.Join(r.Dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(text), 0o644)); err != nil {
		r.tb.Fatal(err)
	}
}

// Commit writes a file, commits everything and returns the commit.
func (r *Repository) Commit(name, text string) string {
	r.tb.Helper()
	r.Write(name, text)
	r.Git("add", "-A")
	r.Git("commit", "-q", "-m", name)
	return r.Git("rev-parse", "HEAD")
}

// Serve serves the repository over HTTP, as a server that knows git does, and
// returns its URL. Without git's program for that the test is skipped.
func (r *Repository) Serve() string {
	r.tb.Helper()
	path, err := git.Dir{Path: r.Dir, Env: r.env}.Line(r.tb.Context(), "--exec-path")
	backend := filepath.Join(path, "git-http-backend")
	if _, statErr := os.Stat(backend); err != nil || statErr != nil {
		r.tb.Skip("git http-backend is not installed")
	}
	server := httptest.NewServer(&cgi.Handler{Path: backend, Env: append(serverEnv(r.env), "GIT_PROJECT_ROOT="+r.Dir, "GIT_HTTP_EXPORT_ALL=1")})
	r.tb.Cleanup(server.Close)
	return server.URL + "/.git"
}

// serverEnv is the environment without what holds git back as a client.
func serverEnv(env []string) []string {
	var out []string
	for _, e := range env {
		if !strings.HasPrefix(e, "GIT_ALLOW_PROTOCOL=") {
			out = append(out, e)
		}
	}
	return out
}
