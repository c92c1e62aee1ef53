// Package source knows where files come from: a site's from git, others out of
// images.
//
// A [Repository] is asked what changed since a revision. It runs git, which
// knows every format of repository there is, and changes nothing in it. What is
// compared is the working tree, untracked files included, with the point where
// the work left the revision, so that what others did there meanwhile does not
// count.
//
// A [Copy] takes files out of the mounted tree of an image. It follows no link
// out of the image, and writes through none out of the folder it fills.
package source

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A Repository is a working tree of git.
type Repository struct {
	top string
	env []string
}

// Open finds the repository that holds dir. env is the environment of git. A
// folder that is in none is a [diag.Diagnostic].
func Open(ctx context.Context, dir string, env []string) (*Repository, error) {
	r := &Repository{top: dir, env: env}
	out, err := r.git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, diag.Errorf("no-repository", diag.Pos{}, "%s is in no git repository that can be read: %v", dir, err).
			WithFix("run in a clone, with git installed")
	}
	r.top = strings.TrimSuffix(string(out), "\n")
	return r, nil
}

// Fork returns the commit at which the working tree left rev. A revision that
// does not exist, or with which nothing is shared, is a [diag.Diagnostic].
func (r *Repository) Fork(ctx context.Context, rev string) (string, error) {
	out, err := r.git(ctx, "merge-base", "--", rev, "HEAD")
	if err != nil {
		return "", diag.Errorf("no-revision", diag.Pos{}, "cannot compare with %q: %v", rev, err).
			WithFix("name a commit, branch or tag that was fetched with its history (fetch-depth: 0)")
	}
	return strings.TrimSpace(string(out)), nil
}

// Changed returns the files that differ from a commit, by absolute path,
// sorted: edited, added, removed and untracked ones. Ignored files are no part
// of a repository.
func (r *Repository) Changed(ctx context.Context, commit string) ([]string, error) {
	tracked, err := r.git(ctx, "diff", "--name-only", "--no-renames", "-z", commit, "--")
	if err != nil {
		return nil, fmt.Errorf("asking git what changed: %w", err)
	}
	untracked, err := r.git(ctx, "ls-files", "--others", "--exclude-standard", "--full-name", "-z")
	if err != nil {
		return nil, fmt.Errorf("asking git for new files: %w", err)
	}
	var files []string
	for name := range strings.SplitSeq(string(tracked)+string(untracked), "\x00") {
		if name != "" {
			files = append(files, filepath.Join(r.top, name))
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// git runs git at the top of the working tree and returns what it prints. Its
// error is what it complains about.
func (r *Repository) git(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = r.top, r.env
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(complaint.String()); text != "" {
			return nil, fmt.Errorf("git %s: %s", args[0], text)
		}
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return out.Bytes(), nil
}
