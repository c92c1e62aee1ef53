// Package git runs the git program, which knows every format of repository and
// every way to reach one.
//
// A [Dir] is a repository to run it in. A [Mirrors] keeps bare copies of
// repositories in a cache, as little of each as a build needs: the first fetch
// takes one commit without its history, later ones what was added since, so
// that it can be told how many commits lie between two builds. One branch, tag
// or commit of one repository is one copy, because where history ends belongs
// to a copy as a whole. Several processes may use a cache at once.
//
// Git is told to ask nobody anything, to reach repositories by no other way
// than files, git, HTTP and SSH, and to give up on a server from which nothing
// comes for a minute. Credentials are passed in the environment, where other
// users cannot see them, and stand in no message.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// A Dir is a folder in which git is run.
type Dir struct {
	Path string
	Env  []string // the environment of git
}

// Run runs git and returns what it prints. Its error is what it complains
// about.
func (d Dir) Run(ctx context.Context, args ...string) ([]byte, error) {
	return d.feed(ctx, nil, args...)
}

// feed runs git with something to read.
func (d Dir) feed(ctx context.Context, in io.Reader, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env, cmd.Stdin = d.Path, d.Env, in
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // without a terminal nobody can be asked for a password
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	text := strings.TrimSpace(complaint.String())
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("git is not installed")
	case text != "":
		return nil, fmt.Errorf("git %s: %s", verb(args), text)
	default:
		return nil, fmt.Errorf("git %s: %w", verb(args), err)
	}
}

// verb is what git is told to do.
func verb(args []string) string {
	for i := 0; i < len(args); i++ {
		if args[i] == "-c" {
			i++
			continue
		}
		if !strings.HasPrefix(args[i], "-") {
			return args[i]
		}
	}
	return ""
}

// Line is Run for an answer of one line.
func (d Dir) Line(ctx context.Context, args ...string) (string, error) {
	out, err := d.Run(ctx, args...)
	return strings.TrimSpace(string(out)), err
}

// Has reports whether the repository has an object: "HEAD:src", a commit.
func (d Dir) Has(ctx context.Context, object string) bool {
	_, err := d.Run(ctx, "cat-file", "-e", object)
	return err == nil
}

// with returns d with more variables in its environment.
func (d Dir) with(env ...string) Dir {
	d.Env = slices.Concat(d.Env, env)
	return d
}

// configured returns d with a setting that other users cannot see.
func (d Dir) configured(key, value string) Dir {
	n := 0
	for _, e := range d.Env {
		if text, ok := strings.CutPrefix(e, "GIT_CONFIG_COUNT="); ok {
			n, _ = strconv.Atoi(text) // git itself tells what is wrong with it
		}
	}
	return d.with(
		fmt.Sprintf("GIT_CONFIG_COUNT=%d", n+1),
		fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", n, key),
		fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", n, value),
	)
}

// Environment returns the environment of git for repositories elsewhere: env
// without what points to a repository of its own, as a hook of git has it.
func Environment(env []string) []string {
	out := slices.DeleteFunc(slices.Clone(env), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return slices.Contains([]string{
			"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
			"GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX",
		}, name)
	})
	return append(
		out, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true", "GIT_ALLOW_PROTOCOL=file:git:http:https:ssh",
		"GIT_HTTP_LOW_SPEED_LIMIT=1", "GIT_HTTP_LOW_SPEED_TIME=60",
	)
}

// Checkout writes a tree ("HEAD", "8eff001:server") into an empty folder as a
// clone would have it, whatever this machine's settings say of line ends. Of a
// submodule there is an empty folder.
func (d Dir) Checkout(ctx context.Context, tree, to string) error {
	return d.checkout(ctx, tree, to, nil, "--all")
}

// CheckoutFiles writes those files of a tree that are in it, as Checkout does.
func (d Dir) CheckoutFiles(ctx context.Context, tree string, files []string, to string) error {
	out, err := d.Run(ctx, "ls-tree", "-r", "-z", "--name-only", "--full-tree", tree)
	if err != nil {
		return err
	}
	there := strings.Split(string(out), "\x00")
	slices.Sort(there)
	var list strings.Builder
	for _, f := range files {
		if _, ok := slices.BinarySearch(there, f); ok {
			list.WriteString(f + "\x00")
		}
	}
	return d.checkout(ctx, tree, to, strings.NewReader(list.String()), "-z", "--stdin")
}

// checkout writes what the last arguments, and what is to be read, name.
func (d Dir) checkout(ctx context.Context, tree, to string, in io.Reader, which ...string) error {
	index, err := os.CreateTemp(filepath.Dir(to), ".index-") // who removes what a killed run laid there removes it too
	if err != nil {
		return err
	}
	_ = index.Close() // it is only a name; git wants to begin the file itself
	if err := os.Remove(index.Name()); err != nil {
		return err
	}
	defer os.Remove(index.Name())
	there := d.with("GIT_INDEX_FILE="+index.Name(), "GIT_WORK_TREE="+to)
	if _, err := there.Run(ctx, "read-tree", tree); err != nil {
		return err
	}
	args := []string{"-c", "core.autocrlf=false", "-c", "core.symlinks=true", "-c", "core.bare=false", "checkout-index", "--quiet", "--prefix=" + to + "/"}
	_, err = there.feed(ctx, in, append(args, which...)...)
	return err
}
