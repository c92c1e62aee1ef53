// Package run implements `slipway run`.
package run

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/complete"
	"github.com/slipway-build/slipway/cmd/slipway/internal/runs"
	"github.com/slipway-build/slipway/cmd/slipway/internal/view"
	"github.com/slipway-build/slipway/core/container/namespace"
)

// about is what the command's page says first.
const about = `Carry out playbooks on the images of an inventory. Everything is checked before
anything runs: a mistake anywhere is told with its place, the exit code is 6,
and nothing was done. Several playbooks run one after the other, until one in
which something goes wrong.

-v tells more: the full result of each step, its time, and whole digests; -vv
where each task is written; -vvv each step as it begins; -vvvv what strategies
say of their work.

--list-tasks and the like look at the plan and run nothing, with the same
checks; so does --syntax-check, which says nothing else. --step asks before each
task: n (the default) passes it over, y carries it out, c asks no more.`

// New returns the command. Its flags are those of ansible-playbook.
func New(a *app.App) *cobra.Command {
	var req runs.Request
	var look looks
	var reports []string
	cmd := &cobra.Command{
		Use:               "run PLAYBOOK…",
		Short:             "Carry out playbooks",
		Long:              about,
		Example:           "  slipway run playbooks/nightly.yml -i inventory\n  slipway run site.yml -l +web -t build,push -C -D\n  slipway run site.yml --list-tasks\n  slipway run site.yml --start-at-task 'Smoke*'",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: complete.Playbooks(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if req.Reports, err = view.ParseReports(reports); err != nil {
				return &app.UsageError{Err: err, Command: cmd.CommandPath()}
			}
			req.Playbooks, req.Args = args, os.Args
			if look.any() {
				return look.run(cmd.Context(), a, req)
			}
			return run(cmd.Context(), a, req)
		},
	}
	a.Flags.BindInventory(cmd)
	a.Flags.BindLimit(cmd)
	a.Flags.BindStorage(cmd)
	a.Flags.BindOffline(cmd)
	req.Bind(cmd, &a.Flags)
	bindSelection(cmd, a, &req)
	look.bind(cmd)
	cmd.Flags().StringSliceVar(&reports, "report", nil, "keep `reports` of the run: "+view.ReportWords)
	view.FormatFlag(cmd, &req.Format)
	return cmd
}

// bindSelection adds the flags that choose tasks.
func bindSelection(cmd *cobra.Command, a *app.App, req *runs.Request) {
	f := cmd.Flags()
	f.StringSliceVarP(&req.Tags, "tags", "t", nil, "only tasks with one of these `tags`")
	f.StringSliceVar(&req.SkipTags, "skip-tags", nil, "no tasks with one of these `tags`")
	f.StringVar(&req.StartAt, "start-at-task", "", "begin at the first task of this `name`, or that matches it as a glob")
	f.BoolVar(&req.Step, "step", false, "ask before each task")
	f.BoolVar(&req.AllowEmpty, "allow-empty", false, "patterns that match nothing are no mistake")
	f.BoolVar(&req.ForceHandlers, "force-handlers", false, "run notified handlers for failed images, too")
	f.StringVar(&req.Since, "since", "", "a `revision` of git: the group changed is what the working tree builds otherwise")
	_ = cmd.RegisterFlagCompletionFunc("tags", complete.Tags(a))
	_ = cmd.RegisterFlagCompletionFunc("skip-tags", complete.Tags(a))
	_ = cmd.RegisterFlagCompletionFunc("start-at-task", complete.Tasks(a))
}

func run(ctx context.Context, a *app.App, req runs.Request) error {
	if err := namespace.Enter(); err != nil {
		return err
	}
	return runs.New(a).Run(ctx, req)
}
