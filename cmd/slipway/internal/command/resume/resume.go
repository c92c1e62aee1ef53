// Package resume implements `slipway resume`.
package resume

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/container/namespace"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var o app.ResumeRequest
	cmd := &cobra.Command{
		Use:   "resume [RUN]",
		Short: "Go on with a run that was interrupted or failed",
		Long: strings.TrimSpace(`
Go on with a run where each of its images stood: at the step that failed, or at
the first one that was not reached. What was finished is not done again;
handlers that were notified still run. The run goes by the playbooks, the
inventory and the variables that it began with; an image that is built otherwise
by now is refused unless --replan says that the run is to go by the inventory as
it is. With --fresh nothing of it counts: a new run begins with the same
playbooks and flags.

Without RUN it is the newest run that is unfinished or failed.`),
		Example: "  slipway resume\n  slipway resume 20261121T101500.000Z-3f9a1c --replan",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := namespace.Enter(); err != nil {
				return err
			}
			if len(args) > 0 {
				o.Run = args[0]
			}
			return a.Resume(cmd.Context(), o)
		},
	}
	a.Flags.BindStorage(cmd)
	a.Flags.BindLocked(cmd)
	cmd.Flags().BoolVar(&o.Fresh, "fresh", false, "ignore what was done: begin a new run with what that one was asked for, by the files as they are now")
	cmd.Flags().BoolVar(&o.Replan, "replan", false, "go by the inventory as it is now, also where images have changed")
	cmd.Flags().IntVarP(&o.Forks, "forks", "f", 0, "`steps` under way at once (default: as the run had it)")
	cmd.MarkFlagsMutuallyExclusive("fresh", "replan")
	app.RunFormatFlag(cmd, &o.Format)
	return cmd
}
