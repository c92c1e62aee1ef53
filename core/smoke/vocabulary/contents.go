package vocabulary

import (
	"context"
	"fmt"
	"io"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// maxContent is the largest file whose content is compared: a check of a part
// only would let a negative pass.
const maxContent = 64 << 20

func contents() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the file {path} contains {string}`, Keyword: step.Then, Run: fileContains,
			Example: `the file "/etc/os-release" contains "VERSION_ID=\"12"`,
			Doc:     "The file has this text in it.",
		},
		{
			Pattern: `the file {path} does not contain {string}`, Keyword: step.Then, Run: fileLacks,
			Example: `the file "/etc/app.conf" does not contain "password"`,
			Doc:     "The file exists and does not have this text in it.",
		},
		{
			Pattern: `the file {path} matches {regexp}`, Keyword: step.Then, Run: fileMatches,
			Example: `the file "/etc/app.conf" matches "(?m)^port=\d+$"`,
			Doc:     "The regular expression matches somewhere in the file.",
		},
		{
			Pattern: `the file {path} has the content:`, Keyword: step.Then, Run: fileEquals, Argument: step.DocString,
			Example: "the file \"/etc/motd\" has the content:\n  \"\"\"\n  Welcome\n  \"\"\"",
			Doc:     "The file is the doc string; one newline at its end is ignored.",
		},
		{
			Pattern: `the JSON file {path} path {string} equals {string}`, Keyword: step.Then, Run: jsonFileEquals,
			Example: `the JSON file "/etc/app.json" path "server.port" equals "8080"`,
			Doc:     `The file is JSON, and has this at the path; \. is a dot in a name.`,
		},
	}
}

func content(ctx context.Context, w *world.World, path string) (string, error) {
	tree, err := w.Files(ctx)
	if err != nil {
		return "", err
	}
	f, err := tree.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxContent+1))
	if err != nil {
		return "", fmt.Errorf("reading %s in the image: %w", path, err)
	}
	if len(body) > maxContent {
		return "", fmt.Errorf("%s is too large to look into: more than %d bytes", path, maxContent)
	}
	return string(body), nil
}

func fileContains(ctx context.Context, w *world.World, args step.Args) error {
	got, err := content(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	return contains(args.String(0), got, args.String(1))
}

func fileLacks(ctx context.Context, w *world.World, args step.Args) error {
	got, err := content(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	return lacks(args.String(0), got, args.String(1))
}

func fileMatches(ctx context.Context, w *world.World, args step.Args) error {
	got, err := content(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	return matches(args.String(0), got, args.Regexp(1))
}

func fileEquals(ctx context.Context, w *world.World, args step.Args) error {
	got, err := content(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	return equal(args.String(0), trimNewline(got), trimNewline(args.Doc))
}

func jsonFileEquals(ctx context.Context, w *world.World, args step.Args) error {
	got, err := content(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	return jsonPathEquals(args.String(0), []byte(got), args.String(1), args.String(2))
}

func trimNewline(s string) string {
	if n := len(s); n > 0 && s[n-1] == '\n' {
		return s[:n-1]
	}
	return s
}
