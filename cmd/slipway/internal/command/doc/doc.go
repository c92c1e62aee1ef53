// Package doc implements `slipway doc`: what actions do, take and register, and
// what keywords mean. Everything it says comes from their declarations.
package doc

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
)

// options are the command's flags.
type options struct {
	topic  string
	format string
	list   bool
}

// New returns the command.
func New(a *app.App) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "doc [NAME…]",
		Short: "What actions do, take and register, and what keywords mean",
		Long: `What actions do, take and register, and what the keywords of plays, blocks
and tasks mean.

Without a name it lists all of a type with a line each; the other
formats tell all of them in full.`,
		Example:           "  slipway doc\n  slipway doc command\n  slipway doc -t keyword serial\n  slipway doc uri --format json",
		ValidArgsFunction: o.complete,
		RunE: func(_ *cobra.Command, names []string) error {
			if o.topic == "keyword" {
				return keywords().answer(a, o, names)
			}
			return actions().answer(a, o, names)
		},
	}
	app.ChoiceFlag(cmd, &o.topic, "type", "t", "what to tell of", "action", "keyword")
	cmd.Flags().BoolVarP(&o.list, "list", "l", false, "a line each, also of what is named")
	app.FormatFlag(cmd, &o.format, "text", "json", "yaml", "markdown")
	return cmd
}

func (o *options) complete(_ *cobra.Command, taken []string, _ string) ([]string, cobra.ShellCompDirective) {
	names := actions().names()
	if o.topic == "keyword" {
		names = keywords().names()
	}
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(taken, name) })
	return names, cobra.ShellCompDirectiveNoFileComp
}
