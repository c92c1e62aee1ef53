// Package config implements `slipway config`: what slipway is set to, and what
// could be set.
package config

import (
	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
)

// New returns the command with its sub-commands.
func New(a *app.App) *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "What slipway is set to, and what can be set", Args: cobra.NoArgs}
	cmd.AddCommand(newDump(a), newList(a))
	return cmd
}
