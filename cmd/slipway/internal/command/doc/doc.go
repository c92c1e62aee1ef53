// Package doc implements `slipway doc`: what actions do, take and register.
// Everything it says comes from their declarations.
package doc

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/sdk/diag"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "doc [ACTION…]",
		Short: "What actions do, take and register",
		Long: `What actions do, take and register.

Without a name it lists all actions with a line each; the other
formats tell all of them in full.`,
		Example:           "  slipway doc\n  slipway doc command\n  slipway doc uri --format json",
		ValidArgsFunction: complete,
		RunE:              func(_ *cobra.Command, names []string) error { return answer(a, format, names) },
	}
	app.FormatFlag(cmd, &format, "text", "json", "yaml", "markdown")
	return cmd
}

func complete(_ *cobra.Command, taken []string, _ string) ([]string, cobra.ShellCompDirective) {
	names := slices.DeleteFunc(known(), func(name string) bool { return slices.Contains(taken, name) })
	return names, cobra.ShellCompDirectiveNoFileComp
}

func known() []string { return slices.Sorted(maps.Keys(action.All())) }

func answer(a *app.App, format string, names []string) error {
	all := len(names) == 0
	if all {
		names = known()
	}
	found, err := described(names)
	if err != nil {
		return err
	}
	if format == "markdown" {
		return page(a.Streams.Out, found)
	}
	return a.Answer(format, found, func(w io.Writer) error {
		if all {
			return list(w, found)
		}
		return pages(w, found)
	})
}

// described returns the descriptions of actions. Names that are no action are
// told together.
func described(names []string) ([]declare.Description, error) {
	var wrong diag.List
	var found []declare.Description
	actions := action.All()
	for _, name := range names {
		a, ok := actions[name]
		if !ok {
			wrong.Add(unknown(name))
			continue
		}
		found = append(found, a.Declare().Describe())
	}
	return found, wrong.Err()
}

func unknown(name string) diag.Diagnostic {
	d := diag.Errorf("unknown-action", diag.Pos{}, "there is no action %q", name)
	if hint := diag.Suggest(name, known()); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("the actions are %s", strings.Join(known(), ", "))
}

// list writes a line for each action.
func list(w io.Writer, all []declare.Description) error {
	for _, d := range all {
		if _, err := fmt.Fprintf(w, "%-12s %s\n", d.Name, d.Summary); err != nil {
			return err
		}
	}
	return nil
}
