// Package source fills workspaces: it knows where files come from.
//
// What an image is built from is its own folder and, laid over that in their
// order, its sources: a [Layer] is what image.yml says of one. A repository
// counts at one commit, an archive by its content, an image by what is picked
// of it. [Workspaces] lays them together in a cache, in a folder that is called
// after all that is in it, so that it is laid once for all platforms and
// processes. What two sources have in different forms is a mistake unless one
// is said to win. Files of images come last in time, whatever their place in
// the order: [Workspaces.Ground] is a workspace as it is known before anything
// is built, [Workspaces.Whole] the one that a build sees.
//
// A [Repository] is asked what changed in a site since a revision. What is
// compared is the working tree, untracked files included, with the point where
// the work left the revision, so that what others did there meanwhile does not
// count.
//
// A [Copy] takes files out of the mounted tree of an image. It follows no link
// out of the image, and writes through none out of the folder it fills.
package source

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/source/git"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Repository is a working tree of git.
type Repository struct{ git.Dir }

// Open finds the repository that holds dir. env is the environment of this
// process; what a hook of git says there of its own repository does not count. A
// folder that is in none is a [diag.Diagnostic].
func Open(ctx context.Context, dir string, env []string) (*Repository, error) {
	r := &Repository{git.Dir{Path: dir, Env: git.Environment(env)}}
	out, err := r.Run(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, diag.Errorf("no-repository", diag.Pos{}, "%s is in no git repository that can be read: %v", dir, err).
			WithFix("run in a clone, with git installed")
	}
	r.Path = strings.TrimSuffix(string(out), "\n")
	return r, nil
}

// Fork returns the commit at which the working tree left rev. A revision that
// does not exist, or with which nothing is shared, is a [diag.Diagnostic].
func (r *Repository) Fork(ctx context.Context, rev string) (string, error) {
	out, err := r.Run(ctx, "merge-base", "--", rev, "HEAD")
	if err != nil {
		return "", diag.Errorf("no-revision", diag.Pos{}, "cannot compare with %q: %v", rev, err).
			WithFix("name a commit, branch or tag that was fetched with its history (fetch-depth: 0)")
	}
	return strings.TrimSpace(string(out)), nil
}

// Changed returns the files that differ from a commit, by absolute path without
// links, sorted: edited, added, removed and untracked ones. Ignored files are no
// part of a repository. Of a submodule these are the files in it; where its
// history does not tell, its folder, with a slash at the end.
func (r *Repository) Changed(ctx context.Context, commit string) ([]string, error) {
	files, err := r.tracked(ctx, commit)
	if err != nil {
		return nil, err
	}
	untracked, err := r.Run(ctx, "ls-files", "--others", "--exclude-standard", "--full-name", "-z")
	if err != nil {
		return nil, fmt.Errorf("asking git for new files: %w", err)
	}
	for name := range strings.SplitSeq(string(untracked), "\x00") {
		if name != "" {
			files = append(files, r.Path+"/"+name) // that of another repository ends in a slash
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// tracked returns the files that differ and that the commit or the index knows.
// Whatever settings say of submodules, they are looked into.
func (r *Repository) tracked(ctx context.Context, commit string) ([]string, error) {
	out, err := r.Run(ctx, "diff", "--raw", "--no-abbrev", "--no-renames", "--ignore-submodules=none", "-z", commit, "--")
	if err != nil {
		return nil, fmt.Errorf("asking git what changed: %w", err)
	}
	var files []string
	fields := strings.Split(string(out), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		inside, err := r.differing(ctx, strings.Fields(fields[i]), filepath.Join(r.Path, fields[i+1]))
		if err != nil {
			return nil, err
		}
		files = append(files, inside...)
	}
	return files, nil
}

// differing returns what differs at a path, of which git says ":mode mode hash
// hash status": the path, or what is in the submodule there.
func (r *Repository) differing(ctx context.Context, said []string, path string) ([]string, error) {
	const submodule = "160000"
	before, now := strings.TrimPrefix(said[0], ":") == submodule, said[1] == submodule
	if !before && !now {
		return []string{path}, nil
	}
	sub := &Repository{git.Dir{Path: path, Env: r.Env}}
	if _, err := os.Lstat(filepath.Join(path, ".git")); err != nil || !before || !now || !sub.Has(ctx, said[2]) {
		return []string{path + "/"}, nil //nolint:nilerr // it is not checked out, or not that far back
	}
	return sub.Changed(ctx, said[2])
}
