package vocabulary

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/moby/patternmatcher"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func globs() []step.Definition {
	return []step.Definition{
		{
			Pattern: `no file matches the glob {path}`, Keyword: step.Then, Run: globNone,
			Example: `no file matches the glob "/var/cache/dnf/**"`,
			Doc:     "No path of the image matches; * stays in a directory, ** does not.",
		},
		{
			Pattern: `at least {count} files match the glob {path}`, Keyword: step.Then, Run: globAtLeast,
			Example: `at least 1 files match the glob "/deployments/*.jar"`,
			Doc:     "At least so many paths of the image match; * stays in a directory, ** does not.",
		},
	}
}

// globbed returns the paths that match a pattern.
func globbed(ctx context.Context, w *world.World, pattern string) ([]string, error) {
	tree, err := w.Files(ctx)
	if err != nil {
		return nil, err
	}
	matcher, err := patternmatcher.New([]string{strings.TrimPrefix(pattern, "/")})
	if err != nil {
		return nil, fmt.Errorf("reading the glob %q: %w", pattern, err)
	}
	var found []string
	err = tree.Walk(ctx, "/", func(at string, _ fs.FileInfo) error {
		if at == "/" {
			return nil
		}
		ok, _, err := matcher.MatchesUsingParentResults(strings.TrimPrefix(at, "/"), patternmatcher.MatchInfo{})
		if ok {
			found = append(found, at)
		}
		return err
	})
	return found, err
}

func globNone(ctx context.Context, w *world.World, args step.Args) error {
	found, err := globbed(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return world.Mismatchf("the glob %s matches %s", args.String(0), someOf(found))
	}
	return nil
}

func globAtLeast(ctx context.Context, w *world.World, args step.Args) error {
	found, err := globbed(ctx, w, args.String(1))
	if err != nil {
		return err
	}
	if len(found) < args.Int(0) {
		return world.Mismatchf("the glob %s matches %d files, want at least %d", args.String(1), len(found), args.Int(0))
	}
	return nil
}

func system() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the operating system is {string} version {string}`, Keyword: step.Then, Run: operatingSystemIs,
			Example: `the operating system is "debian" version "12"`,
			Doc:     "The ID and VERSION_ID of /etc/os-release are these; a version may be cut short at a dot.",
		},
		{
			Pattern: `the user {string} exists with uid {count} and gid {count}`, Keyword: step.Then, Run: userExists,
			Example: `the user "jboss" exists with uid 185 and gid 0`,
			Doc:     "The user has a line with these numbers in /etc/passwd.",
		},
	}
}

func operatingSystemIs(ctx context.Context, w *world.World, args step.Args) error {
	text, err := content(ctx, w, "/etc/os-release")
	if err != nil {
		return err
	}
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		fields[key] = strings.Trim(value, `"'`)
	}
	if err := equal("the operating system", fields["ID"], args.String(0)); err != nil {
		return err
	}
	if version := fields["VERSION_ID"]; strings.HasPrefix(version+".", args.String(1)+".") {
		return nil
	}
	return equal("its version", fields["VERSION_ID"], args.String(1))
}

func userExists(ctx context.Context, w *world.World, args step.Args) error {
	text, err := content(ctx, w, "/etc/passwd")
	if err != nil {
		return err
	}
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) < 4 || fields[0] != args.String(0) {
			continue
		}
		want := []string{strconv.Itoa(args.Int(1)), strconv.Itoa(args.Int(2))}
		return sameWords("the uid and gid of "+args.String(0), fields[2:4], want)
	}
	return world.Mismatchf("there is no user %q in /etc/passwd", args.String(0))
}
