package vocabulary

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func files() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the file {path} exists`, Keyword: step.Then, Run: fileExists,
			Example: `the file "/etc/os-release" exists`,
			Doc:     "There is a file of any kind, and if it is a symbolic link it leads somewhere inside the image.",
		},
		{
			Pattern: `the file {path} does not exist`, Keyword: step.Then, Run: fileExistsNot,
			Example: `the file "/root/.bash_history" does not exist`,
			Doc:     "There is nothing of this name, not even a symbolic link that leads nowhere.",
		},
		{
			Pattern: `the path {path} is a directory`, Keyword: step.Then, Run: isDirectory,
			Example: `the path "/deployments" is a directory`,
			Doc:     "The path leads to a directory.",
		},
		{
			Pattern: `the path {path} is a symlink to {string}`, Keyword: step.Then, Run: isSymlink,
			Example: `the path "/usr/bin/python" is a symlink to "python3"`,
			Doc:     "The path is a symbolic link, and this is its text.",
		},
		{
			Pattern: `the file {path} is at most {size}`, Keyword: step.Then, Run: fileAtMost,
			Example: `the file "/app.jar" is at most "60MB"`,
			Doc:     "The file has at most this many bytes.",
		},
		{
			Pattern: `the file {path} has the sha256 {string}`, Keyword: step.Then, Run: fileHasSum,
			Example: `the file "/app.jar" has the sha256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`,
			Doc:     "The content of the file has this checksum, in hexadecimal.",
		},
	}
}

func fileExists(ctx context.Context, w *world.World, args step.Args) error {
	tree, err := w.Files(ctx)
	if err != nil {
		return err
	}
	_, err = tree.Stat(args.String(0))
	return err
}

func fileExistsNot(ctx context.Context, w *world.World, args step.Args) error {
	tree, err := w.Files(ctx)
	if err != nil {
		return err
	}
	info, err := tree.Lstat(args.String(0))
	if err == nil {
		return world.Mismatchf("%s exists: it is %s", args.String(0), world.DescribeMode(info.Mode()))
	}
	return absent(err)
}

// absent makes a pass of "does not exist", and of nothing else.
func absent(err error) error {
	if _, ok := errors.AsType[world.Mismatch](err); ok {
		return nil
	}
	return err
}

func isDirectory(ctx context.Context, w *world.World, args step.Args) error {
	info, err := stat(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return world.Mismatchf("%s is %s, not a directory", args.String(0), world.DescribeMode(info.Mode()))
	}
	return nil
}

func stat(ctx context.Context, w *world.World, path string) (fs.FileInfo, error) {
	tree, err := w.Files(ctx)
	if err != nil {
		return nil, err
	}
	return tree.Stat(path)
}

func isSymlink(ctx context.Context, w *world.World, args step.Args) error {
	tree, err := w.Files(ctx)
	if err != nil {
		return err
	}
	info, err := tree.Lstat(args.String(0))
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink == 0 {
		return world.Mismatchf("%s is %s, not a symbolic link", args.String(0), world.DescribeMode(info.Mode()))
	}
	target, err := tree.Readlink(args.String(0))
	if err != nil {
		return err
	}
	return equal("the symbolic link "+args.String(0), target, args.String(1))
}

func fileAtMost(ctx context.Context, w *world.World, args step.Args) error {
	info, err := stat(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return world.Mismatchf("%s is %s, not a file", args.String(0), world.DescribeMode(info.Mode()))
	}
	if info.Size() > args.Size(1) {
		return world.Mismatchf("%s has %d bytes, want at most %d", args.String(0), info.Size(), args.Size(1))
	}
	return nil
}

func fileHasSum(ctx context.Context, w *world.World, args step.Args) error {
	tree, err := w.Files(ctx)
	if err != nil {
		return err
	}
	f, err := tree.Open(args.String(0))
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("reading %s in the image: %w", args.String(0), err)
	}
	return equal("the sha256 of "+args.String(0), hex.EncodeToString(sum.Sum(nil)), strings.ToLower(args.String(1)))
}
