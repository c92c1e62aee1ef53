package vocabulary

import (
	"context"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func commands() []step.Definition {
	return []step.Definition{
		{
			Pattern: `I run {command}`, Keyword: step.When, Run: runCommand,
			Example: `I run "java -version"`,
			Doc:     "Runs the words in a container of its own, without the image's entrypoint and without a shell.",
		},
		{
			Pattern: `I run {command} as user {string}`, Keyword: step.When, Run: runAsUser,
			Example: `I run "id -u" as user "12345"`,
			Doc:     "Runs the words as this user: a name, a uid, or uid:gid.",
		},
		{
			Pattern: `I run {command} with the image entrypoint`, Keyword: step.When, Run: runWithEntrypoint,
			Example: `I run "app --check" with the image entrypoint`,
			Doc:     "Runs the image's entrypoint with the words in the place of the image's command.",
		},
		{
			Pattern: `I run {command} with environment:`, Keyword: step.When, Run: runWithEnvironment,
			Argument: step.Table, Columns: []string{"name", "value"},
			Example: "I run \"env\" with environment:\n  | name  | value |\n  | DEBUG | 1     |",
			Doc:     "Runs the words with these variables added to the image's environment.",
		},
		{
			Pattern: `I run the shell script:`, Keyword: step.When, Run: runScript, Argument: step.DocString,
			Example: "I run the shell script:\n  \"\"\"\n  test -d /deployments && echo yes\n  \"\"\"",
			Doc:     "Runs the doc string with sh -c in a container of its own. It is an error when the image has no shell.",
		},
		{
			Pattern: `the command {string} is not available`, Keyword: step.Then, Run: commandUnavailable,
			Example: `the command "gcc" is not available`,
			Doc:     "No directory of the image's PATH has an executable of this name. Looks at files; runs nothing.",
		},
	}
}

// run is a one-shot command. A program that does not exist could not be run:
// that is no answer.
func run(ctx context.Context, w *world.World, spec world.RunSpec) error {
	result, err := w.Run(ctx, spec)
	if err != nil {
		return err
	}
	return found(result)
}

func found(result *world.Result) error {
	if result.NotFound {
		return world.Mismatchf("the image has no program %q", result.Command[0])
	}
	return nil
}

func runCommand(ctx context.Context, w *world.World, args step.Args) error {
	return run(ctx, w, world.RunSpec{Command: args.Words(0), Bare: true})
}

func runAsUser(ctx context.Context, w *world.World, args step.Args) error {
	return run(ctx, w, world.RunSpec{Command: args.Words(0), Bare: true, User: args.String(1)})
}

func runWithEntrypoint(ctx context.Context, w *world.World, args step.Args) error {
	return run(ctx, w, world.RunSpec{Command: args.Words(0)})
}

func runWithEnvironment(ctx context.Context, w *world.World, args step.Args) error {
	return run(ctx, w, world.RunSpec{Command: args.Words(0), Bare: true, Env: assignments(args.Rows)})
}

func runScript(ctx context.Context, w *world.World, args step.Args) error {
	return run(ctx, w, world.RunSpec{Command: []string{"sh", "-c", args.Doc}, Bare: true})
}

// assignments makes "NAME=value" of the rows below a header.
func assignments(rows [][]string) []string {
	var out []string
	for _, row := range rows[1:] {
		out = append(out, row[0]+"="+row[1])
	}
	return out
}
