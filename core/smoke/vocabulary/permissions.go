package vocabulary

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// maxNamed is how many offending files an error names.
const maxNamed = 5

func permissions() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the file {path} has mode {mode}`, Keyword: step.Then, Run: hasMode,
			Example: `the file "/entrypoint.sh" has mode "0755"`,
			Doc:     "The permission bits are these, setuid, setgid and sticky included. Links are followed.",
		},
		{
			Pattern: `the path {path} is owned by uid {count} and gid {count}`, Keyword: step.Then, Run: ownedBy,
			Example: `the path "/deployments" is owned by uid 185 and gid 0`,
			Doc:     "Links are followed. Read as an ordinary user, numbers are those of the user namespace the image was unpacked in.",
		},
		{
			Pattern: `the file {path} is executable by {who}`, Keyword: step.Then, Run: executableBy,
			Example: `the file "/entrypoint.sh" is executable by "other"`,
			Doc:     `Looks at the permission bits of "owner", "group", "other" or, with "any", of at least one of them.`,
		},
		{
			Pattern: `all files under {path} are writable by group {count}`, Keyword: step.Then, Run: groupWritable,
			Example: `all files under "/deployments" are writable by group 0`,
			Doc:     "Everything below the path, and itself, belongs to the group and may be written by it. Symbolic links do not count.",
		},
		{
			Pattern: `there are no world-writable files under {path}`, Keyword: step.Then, Run: noWorldWritable,
			Example: `there are no world-writable files under "/etc"`,
			Doc:     "Nothing below the path may be written by everybody. Symbolic links and sticky directories, as /tmp is, do not count.",
		},
	}
}

func hasMode(ctx context.Context, w *world.World, args step.Args) error {
	info, err := stat(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	if got := bits(info.Mode()); got != args.Mode(1) {
		return world.Mismatchf("%s has mode %04o, want %04o", args.String(0), got, args.Mode(1))
	}
	return nil
}

// bits are the permissions as chmod writes them.
func bits(mode fs.FileMode) uint32 {
	out := uint32(mode.Perm())
	for flag, bit := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if mode&flag != 0 {
			out |= bit
		}
	}
	return out
}

func ownedBy(ctx context.Context, w *world.World, args step.Args) error {
	info, err := stat(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	uid, gid, err := owner(info)
	if err != nil {
		return err
	}
	if uid != args.Int(1) || gid != args.Int(2) {
		return world.Mismatchf("%s is owned by uid %d and gid %d, want uid %d and gid %d", args.String(0), uid, gid, args.Int(1), args.Int(2))
	}
	return nil
}

func owner(info fs.FileInfo) (uid, gid int, err error) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, fmt.Errorf("this system does not tell who owns %s", info.Name())
	}
	return int(s.Uid), int(s.Gid), nil
}

func executableBy(ctx context.Context, w *world.World, args step.Args) error {
	info, err := stat(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	wanted := map[string]fs.FileMode{"owner": 0o100, "group": 0o010, "other": 0o001, "any": 0o111}[args.String(1)]
	if info.Mode()&wanted == 0 || !info.Mode().IsRegular() {
		return world.Mismatchf("%s is not executable by %s: it is %s with mode %04o", args.String(0), args.String(1),
			world.DescribeMode(info.Mode()), bits(info.Mode()))
	}
	return nil
}

func groupWritable(ctx context.Context, w *world.World, args step.Args) error {
	rule := fmt.Sprintf("is not writable by group %d", args.Int(1))
	return noneUnder(ctx, w, args.String(0), rule, func(info fs.FileInfo) bool {
		_, gid, err := owner(info)
		writable := err == nil && gid == args.Int(1) && info.Mode()&0o020 != 0
		return info.Mode()&fs.ModeSymlink == 0 && !writable
	})
}

func noWorldWritable(ctx context.Context, w *world.World, args step.Args) error {
	return noneUnder(ctx, w, args.String(0), "is world-writable", func(info fs.FileInfo) bool {
		exempt := info.Mode()&fs.ModeSymlink != 0 || info.IsDir() && info.Mode()&fs.ModeSticky != 0
		return !exempt && info.Mode()&0o002 != 0
	})
}

// noneUnder answers a Mismatch that names the files at and below path that
// offend. A path that does not exist is one too: nothing would be checked.
func noneUnder(ctx context.Context, w *world.World, path, rule string, offends func(fs.FileInfo) bool) error {
	tree, err := w.Files(ctx)
	if err != nil {
		return err
	}
	var found []string
	err = tree.Walk(ctx, path, func(at string, info fs.FileInfo) error {
		if offends(info) {
			found = append(found, at)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return nil
	}
	return world.Mismatchf("%s %s", someOf(found), rule)
}

// someOf names the first few, and counts the rest.
func someOf(names []string) string {
	if len(names) <= maxNamed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), len(names)-maxNamed)
}
