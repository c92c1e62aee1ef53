// Package plugin implements `slipway plugin`: writing, testing, installing and
// looking at strategies.
package plugin

import (
	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
)

// New returns the command with its sub-commands.
func New(a *app.App) *cobra.Command {
	cmd := &cobra.Command{Use: "plugin", Short: "Write, test and install strategies", Args: cobra.NoArgs}
	cmd.AddCommand(newInit(a), newTest(a), newList(a), newDescribe(a), newLock(a), newInstall(a), newDev(a))
	return cmd
}
