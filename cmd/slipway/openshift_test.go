package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slipway-build/slipway/core/container/namespace"
	"github.com/slipway-build/slipway/core/registry/embedded"
)

// TestOpenShiftPage does what docs/coming-from-openshift.md says: its files and
// commands in their order, then the commands of its table, none of which may
// fail. The two repositories that it names are folders here.
func TestOpenShiftPage(t *testing.T) {
	if c := namespace.Check(t.Context())[0]; !c.OK {
		t.Skipf("images cannot be built here: %s; %s", c.Detail, c.Fix)
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	page, err := os.ReadFile("../../docs/coming-from-openshift.md")
	if err != nil {
		t.Fatal(err)
	}
	hello, err := compiled("hello")
	if err != nil {
		t.Fatal(err)
	}
	server, err := embedded.Start(t.Context(), embedded.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close(context.WithoutCancel(t.Context())) })
	file := filepath.Join(t.TempDir(), "openshift.txtar")
	script, archive, _ := strings.Cut(scriptOf(string(page)), "-- ")
	if err := os.WriteFile(file, []byte(script+commandsOf(string(page))+"-- "+archive), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: []string{file}, Setup: func(env *testscript.Env) error {
		env.Setenv("REGISTRY", server.Addr())
		return cmp.Or(setup(env), repositories(env, hello))
	}})
}

// commandsOf are the commands of slipway in a page's tables, as the rest of a
// script.
func commandsOf(page string) string {
	var script strings.Builder
	for _, row := range regexp.MustCompile(`(?m)^\| .*\|$`).FindAllString(page, -1) {
		for _, command := range regexp.MustCompile("`(slipway [^`]*)`").FindAllStringSubmatch(row, -1) {
			script.WriteString("exec " + command[1] + "\n")
		}
	}
	return script.String()
}

// repositories makes those of the page, and has git find them by the URLs that
// the page gives them.
func repositories(env *testscript.Env, hello []byte) error {
	remotes := filepath.Join(env.WorkDir, ".remotes")
	for name, files := range map[string]map[string]string{
		"golang-s2i": {
			"Dockerfile": "FROM scratch\nLABEL io.openshift.s2i.scripts-url=image:///usr/libexec/s2i\nWORKDIR /go/src/app\nCOPY --chmod=0755 assemble run /usr/libexec/s2i/\n",
			"assemble":   string(hello), "run": string(hello),
		},
		"goHelloWorld": {"main.go": "package main\n"},
	} {
		dir := filepath.Join(remotes, name+".git")
		for path, content := range files {
			if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, path), []byte(content), 0o600)); err != nil {
				return err
			}
		}
		for _, args := range [][]string{{"init", "-q", "-b", "master"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "Begin"}} {
			git := exec.Command("git", args...)
			git.Dir, git.Env = dir, env.Vars
			if out, err := git.CombinedOutput(); err != nil {
				return errors.Join(err, errors.New(string(out)))
			}
		}
	}
	settings := "[url \"file://" + remotes + "/\"]\n\tinsteadOf = https://git.example/acme/\n"
	return os.WriteFile(filepath.Join(env.Getenv("HOME"), ".gitconfig"), []byte(settings), 0o600)
}
