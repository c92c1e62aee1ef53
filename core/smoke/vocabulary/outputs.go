package vocabulary

import (
	"context"
	"time"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func exits() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the exit code is {count}`, Keyword: step.Then, Run: exitCodeIs,
			Example: `the exit code is 0`,
			Doc:     "The last command ended with this code.",
		},
		{
			Pattern: `the exit code is not {count}`, Keyword: step.Then, Run: exitCodeIsNot,
			Example: `the exit code is not 0`,
			Doc:     "The last command ended with another code.",
		},
		{
			Pattern: `the command finished within {duration}`, Keyword: step.Then, Run: finishedWithin,
			Example: `the command finished within "5s"`,
			Doc:     "The last command took at most so long, the making of its container not counted.",
		},
	}
}

func streams() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the stdout contains {string}`, Keyword: step.Then, Run: stdoutContains,
			Example: `the stdout contains "openjdk version \"17"`,
			Doc:     "The standard output of the last command has this text in it.",
		},
		{
			Pattern: `the stdout equals {string}`, Keyword: step.Then, Run: stdoutEquals,
			Example: `the stdout equals "185"`,
			Doc:     "The standard output of the last command is this; one newline at its end is ignored.",
		},
		{
			Pattern: `the stderr contains {string}`, Keyword: step.Then, Run: stderrContains,
			Example: `the stderr contains "usage:"`,
			Doc:     "The standard error of the last command has this text in it.",
		},
		{
			Pattern: `the stderr is empty`, Keyword: step.Then, Run: stderrEmpty,
			Example: `the stderr is empty`,
			Doc:     "The last command wrote nothing to its standard error.",
		},
		{
			Pattern: `the stdout JSON path {string} equals {string}`, Keyword: step.Then, Run: stdoutPathEquals,
			Example: `the stdout JSON path "version" equals "1.2.0"`,
			Doc:     `The standard output of the last command is JSON, and has this at the path; \. is a dot in a name.`,
		},
	}
}

func outputs() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the output contains {string}`, Keyword: step.Then, Run: outputContains,
			Example: `the output contains "build 17"`,
			Doc:     "The standard output or the standard error of the last command has this text in it.",
		},
		{
			Pattern: `the output does not contain {string}`, Keyword: step.Then, Run: outputLacks,
			Example: `the output does not contain "WARNING"`,
			Doc:     "Neither the standard output nor the standard error of the last command has this text in it.",
		},
		{
			Pattern: `the output matches {regexp}`, Keyword: step.Then, Run: outputMatches,
			Example: `the output matches "(?i)build \d+"`,
			Doc:     "The regular expression matches in the standard output followed by the standard error of the last command.",
		},
		{
			Pattern: `the output equals:`, Keyword: step.Then, Run: outputEquals, Argument: step.DocString,
			Example: "the output equals:\n  \"\"\"\n  hello\n  \"\"\"",
			Doc:     "The standard output followed by the standard error of the last command is the doc string; one newline at its end is ignored.",
		},
	}
}

func exitCodeIs(_ context.Context, w *world.World, args step.Args) error {
	r, err := w.Result()
	if err == nil && r.ExitCode != args.Int(0) {
		return world.Mismatchf("the exit code is %d, want %d", r.ExitCode, args.Int(0))
	}
	return err
}

func exitCodeIsNot(_ context.Context, w *world.World, args step.Args) error {
	r, err := w.Result()
	if err == nil && r.ExitCode == args.Int(0) {
		return world.Mismatchf("the exit code is %d", r.ExitCode)
	}
	return err
}

func finishedWithin(_ context.Context, w *world.World, args step.Args) error {
	r, err := w.Result()
	if err == nil && r.Duration > args.Duration(0) {
		return world.Mismatchf("the command took %s, want at most %s", r.Duration.Round(time.Millisecond), args.Duration(0))
	}
	return err
}

func stdoutContains(_ context.Context, w *world.World, args step.Args) error {
	r, err := w.Result()
	if err != nil {
		return err
	}
	return contains("the stdout", string(r.Stdout), args.String(0))
}

func stdoutEquals(_ context.Context, w *world.World, args step.Args) error {
	r, err := w.Result()
	if err != nil {
		return err
	}
	return equal("the stdout", trimNewline(string(r.Stdout)), args.String(0))
}

func stderrContains(_ context.Context, w *world.World, args step.Args) error {
	r, err := w.Result()
	if err != nil {
		return err
	}
	return contains("the stderr", string(r.Stderr), args.String(0))
}

func stderrEmpty(_ context.Context, w *world.World, _ step.Args) error {
	r, err := w.Result()
	if err != nil {
		return err
	}
	return equal("the stderr", string(r.Stderr), "")
}

// output is both streams, one after the other: how they were mixed is not
// known.
func output(w *world.World) (string, error) {
	r, err := w.Result()
	if err != nil {
		return "", err
	}
	return string(r.Stdout) + string(r.Stderr), nil
}

func outputContains(_ context.Context, w *world.World, args step.Args) error {
	got, err := output(w)
	if err != nil {
		return err
	}
	return contains("the output", got, args.String(0))
}

func outputLacks(_ context.Context, w *world.World, args step.Args) error {
	got, err := output(w)
	if err != nil {
		return err
	}
	return lacks("the output", got, args.String(0))
}

func outputMatches(_ context.Context, w *world.World, args step.Args) error {
	got, err := output(w)
	if err != nil {
		return err
	}
	return matches("the output", got, args.Regexp(0))
}

func outputEquals(_ context.Context, w *world.World, args step.Args) error {
	got, err := output(w)
	if err != nil {
		return err
	}
	return equal("the output", trimNewline(got), trimNewline(args.Doc))
}

func stdoutPathEquals(_ context.Context, w *world.World, args step.Args) error {
	r, err := w.Result()
	if err != nil {
		return err
	}
	return jsonPathEquals("the stdout", r.Stdout, args.String(0), args.String(1))
}
