// Package lint implements `slipway lint`.
package lint

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/lint"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

// options are the command's flags.
type options struct {
	format string
	skip   []string
	warn   []string
	fix    bool
	list   bool
}

// New returns the command.
func New(a *app.App) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Find what is wrong or unwise, and run nothing",
		Long: strings.TrimSpace(`
Find all that is wrong with playbooks and the inventory, as run would before it
runs anything, and what is allowed and unwise. A path is a playbook, a folder of
playbooks, or an inventory; without a playbook it is every one in the project's
root and in its playbooks/.

Findings go to stdout. The exit code is 6 when one of them is an error; --strict
makes errors of warnings. Rules are turned off or made errors by the settings
lint.skip, lint.warn and lint.error, and in one place by a comment on the line
or above it:

  # slipway-lint: ignore[no-changed-when]

--fix mends layout alone, and changes no file whose meaning it would change.
Where playbooks are named it mends these, and what they are made of.`),
		Example: "  slipway lint\n  slipway lint playbooks/nightly.yml --strict --format github\n  slipway lint --fix",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.list {
				return listRules(a, o.format)
			}
			return run(cmd.Context(), a, o, args)
		},
	}
	a.Flags.BindInventory(cmd)
	cmd.Flags().StringSliceVar(&o.skip, "skip", nil, "turn these `rules` off")
	cmd.Flags().StringSliceVar(&o.warn, "warn", nil, "make these `rules` warnings")
	cmd.Flags().BoolVar(&o.fix, "fix", false, "mend layout first")
	cmd.Flags().BoolVar(&o.list, "list-rules", false, "tell of the rules, and judge nothing")
	app.FormatFlag(cmd, &o.format, "text", "json", "yaml", "markdown")
	for _, name := range []string{"skip", "warn"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(lint.Names(), cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

// An Answer is what the command found. Its form is part of the command line's
// contract.
type Answer struct {
	Diagnostics []report.Problem `json:"diagnostics"` // in the order of places
}

func run(ctx context.Context, a *app.App, o options, paths []string) error {
	settings, err := a.Config()
	if err != nil {
		return err
	}
	levels, found := lint.LevelsOf(settings)
	if err := found.Err(); err != nil {
		return err
	}
	reader := site.New(a)
	named := inventories(a, paths)
	playbooks, err := reader.Playbooks(named...)
	if err != nil {
		return err
	}
	if o.fix {
		changed, err := mend(ctx, reader, playbooks, len(named) > 0 && len(named) == len(paths), levels)
		for _, file := range changed {
			_, _ = fmt.Fprintf(a.Streams.Err, "mended: %s\n", a.Streams.Style.Path(file))
		}
		if err != nil {
			return err
		}
	}
	if found, err = judge(ctx, reader, playbooks, levels); err != nil {
		return err
	}
	return tell(a, o.format, found)
}

// inventories takes the folders that hold images for what -i would name, and
// returns the other paths.
func inventories(a *app.App, paths []string) []string {
	var rest []string
	for _, path := range paths {
		if info, err := os.Stat(filepath.Join(path, "images")); err == nil && info.IsDir() {
			a.Flags.Inventory = append(a.Flags.Inventory, path)
			continue
		}
		rest = append(rest, path)
	}
	return rest
}

// tell shows what was found. The mistakes among it are the error, of which
// nothing more is to be said.
func tell(a *app.App, format string, found diag.List) error {
	a.Find(found...)
	answer := Answer{a.Streams.Style.Problems(found)}
	err := a.Answer(format, answer, func(w io.Writer) error {
		report.Diagnostics{Style: a.Streams.Style, Source: app.ReadSource}.Write(w, found...)
		return nil
	})
	if err != nil {
		return err
	}
	errs := len(found.Errors())
	if len(found) > 0 {
		_, _ = fmt.Fprintf(a.Streams.Err, "%s, %s\n", count(errs, "error"), count(len(found)-errs, "warning"))
	}
	if errs > 0 {
		return &app.ToldError{Err: found}
	}
	return nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
