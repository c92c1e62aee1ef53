// Package logs implements `slipway logs`.
package logs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/diag"
)

// pause is how long a log that is followed is left alone between two looks.
const pause = 200 * time.Millisecond

// A request says which logs are wanted.
type request struct {
	image  string
	task   string // empty: all tasks
	run    string // empty: the newest that has any
	follow bool
}

// New returns the command.
func New(a *app.App) *cobra.Command {
	var req request
	cmd := &cobra.Command{
		Use:   "logs IMAGE",
		Short: "What the steps of a run printed about an image",
		Long: strings.TrimSpace(`
Print what steps printed about an image: of its build, its smoke test, programs
that were run for it. Without --run it is the newest run that has such a log,
and with --follow the one that is under way. Of several logs each has a heading.
Secrets were hidden when they were written.`),
		Example: "  slipway logs web\n  slipway logs web --task Build --follow\n  slipway logs web --run 20261121T101500.000Z-3f9a1c",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req.image = args[0]
			l, err := a.Ledger()
			if err != nil {
				return err
			}
			return show(cmd.Context(), l, &printer{out: a.Streams.Out}, req)
		},
	}
	cmd.Flags().StringVar(&req.task, "task", "", "only what this `task` printed")
	cmd.Flags().StringVar(&req.run, "run", "", "of this `run`: slipway runs lists them")
	cmd.Flags().BoolVarP(&req.follow, "follow", "f", false, "go on until the run is over")
	return cmd
}

// show prints the logs, and with follow what is added to them until the run is
// over.
func show(ctx context.Context, l *ledger.Ledger, p *printer, req request) error {
	run, err := pick(l, req)
	if err != nil {
		return err
	}
	for {
		under, err := l.Summary(run) // before its logs, which then are whole when it is over
		if err != nil {
			return err
		}
		logs, err := wanted(l, run, req)
		if err != nil {
			return err
		}
		p.headings = p.headings || len(logs) > 1
		if err := p.print(logs); err != nil {
			return err
		}
		if !req.follow || !under.Busy {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// pick returns the run whose logs are wanted.
func pick(l *ledger.Ledger, req request) (string, error) {
	if req.run != "" {
		_, err := l.Summary(req.run)
		if errors.Is(err, ledger.ErrUnknownRun) {
			return "", &app.UsageError{Err: fmt.Errorf("there is no run %q", req.run), Command: "slipway logs"}
		}
		return req.run, err
	}
	runs, err := l.Runs()
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(runs, func(r ledger.Summary) bool { return r.Busy }); i >= 0 && req.follow {
		return runs[i].ID, nil
	}
	for _, r := range runs {
		if logs, err := wanted(l, r.ID, req); err != nil || len(logs) > 0 {
			return r.ID, err
		}
	}
	return "", missing(l, runs, req)
}

// wanted are the logs of a run that were asked for.
func wanted(l *ledger.Ledger, run string, req request) ([]ledger.Log, error) {
	logs, err := l.Logs(run)
	return slices.DeleteFunc(logs, func(log ledger.Log) bool {
		return log.Image != req.image || req.task != "" && log.Task != req.task
	}), err
}

// missing says that there is no such log, and which there are.
func missing(l *ledger.Ledger, runs []ledger.Summary, req request) error {
	d := diag.Errorf("no-log", diag.Pos{}, "no run here has printed anything about an image %q", req.image)
	var images, tasks []string
	for _, r := range runs {
		logs, err := l.Logs(r.ID)
		if err != nil {
			return err
		}
		for _, log := range logs {
			images = append(images, log.Image)
			if log.Image == req.image {
				tasks = append(tasks, log.Task)
			}
		}
	}
	if len(tasks) > 0 {
		slices.Sort(tasks)
		return diag.Errorf("no-log", diag.Pos{}, "no task %q has printed anything about %s", req.task, req.image).
			WithFix("ask for one of %s", strings.Join(slices.Compact(tasks), ", "))
	}
	if hint := diag.Suggest(req.image, images); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("slipway runs tells what was run here")
}
