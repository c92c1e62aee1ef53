// Package resume implements `slipway resume`.
package resume

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/runs"
	"github.com/slipway-build/slipway/cmd/slipway/internal/view"
	"github.com/slipway-build/slipway/core/container/namespace"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var o runs.ResumeRequest
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

What was under way when slipway was killed is done again where that can do no
harm. Of a program, and of a request that changes something, nobody can look up
afterwards whether it was done: such steps are named, and nothing runs until
--repeat or --assume-done says what became of each. STEP is the name of a task,
IMAGE:TASK, or all.

Without RUN it is the newest run that is unfinished or failed.`),
		Example: "  slipway resume\n  slipway resume 20261121T101500.000Z-3f9a1c --replan\n  slipway resume --repeat web:Migrate --assume-done 'Tell the chat'",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := namespace.Enter(); err != nil {
				return err
			}
			if len(args) > 0 {
				o.Run = args[0]
			}
			return runs.New(a).Resume(cmd.Context(), o)
		},
	}
	bind(cmd, a, &o)
	return cmd
}

// bind gives the command its flags.
func bind(cmd *cobra.Command, a *app.App, o *runs.ResumeRequest) {
	a.Flags.BindStorage(cmd)
	a.Flags.BindLocked(cmd)
	cmd.Flags().BoolVar(&o.Fresh, "fresh", false, "ignore what was done: begin a new run with what that one was asked for, by the files as they are now")
	cmd.Flags().BoolVar(&o.Replan, "replan", false, "go by the inventory as it is now, also where images have changed")
	cmd.Flags().StringArrayVar(&o.Repeat, "repeat", nil, "do the interrupted `step` again")
	cmd.Flags().StringArrayVar(&o.AssumeDone, "assume-done", nil, "go on as if the interrupted `step` had been done")
	cmd.Flags().IntVarP(&o.Forks, "forks", "f", 0, "`steps` under way at once (default: as the run had it)")
	cmd.MarkFlagsMutuallyExclusive("fresh", "replan")
	view.FormatFlag(cmd, &o.Format)
}
