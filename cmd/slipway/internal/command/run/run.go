// Package run implements `slipway run`.
package run

import (
	"context"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/container/namespace"
)

// New returns the command. Its flags are those of ansible-playbook.
func New(a *app.App) *cobra.Command {
	var req app.RunRequest
	cmd := &cobra.Command{
		Use:   "run PLAYBOOK…",
		Short: "Carry out playbooks",
		Long: strings.TrimSpace(`
Carry out playbooks on the images of an inventory. Everything is checked before
anything runs: a mistake anywhere is told with its place, the exit code is 6,
and nothing was done.`),
		Example: "  slipway run playbooks/nightly.yml -i inventory\n  slipway run site.yml -l +web -t build,push -C",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req.Playbooks, req.Args = args, os.Args
			return run(cmd.Context(), a, req)
		},
	}
	a.Flags.BindInventory(cmd)
	a.Flags.BindLimit(cmd)
	a.Flags.BindStorage(cmd)
	a.Flags.BindOffline(cmd)
	cmd.Flags().StringSliceVarP(&req.Tags, "tags", "t", nil, "only tasks with one of these `tags`")
	cmd.Flags().StringSliceVar(&req.SkipTags, "skip-tags", nil, "no tasks with one of these `tags`")
	cmd.Flags().BoolVarP(&req.Check, "check", "C", false, "change nothing, say what would be changed")
	cmd.Flags().IntVarP(&req.Forks, "forks", "f", 2*runtime.NumCPU(), "`steps` under way at once")
	cmd.Flags().BoolVar(&req.FailFast, "fail-fast", false, "stop at the first failure")
	cmd.Flags().StringVar(&req.Since, "since", "", "a revision of git: the group changed is what the working tree builds otherwise")
	app.FormatFlag(cmd, &req.Format, "text", "json")
	return cmd
}

func run(ctx context.Context, a *app.App, req app.RunRequest) error {
	if err := namespace.Enter(); err != nil {
		return err
	}
	return a.Run(ctx, req)
}
