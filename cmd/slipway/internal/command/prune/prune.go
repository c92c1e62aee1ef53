// Package prune implements `slipway prune`.
package prune

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var req app.PruneRequest
	var format string
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove old runs and caches",
		Long: strings.TrimSpace(`
Remove the journals and logs of runs that are neither among the newest nor
younger than a time, and what strategies and sources keep in caches that nobody
has used since.
A run that is unfinished is never removed. Of a run that promoted the journal is
left, which history and rollback read.`),
		Example: "  slipway prune --dry-run\n  slipway prune --keep 5 --older-than 168h",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if req.Keep < 0 || req.OlderThan < 0 {
				return &app.UsageError{Err: errors.New("--keep and --older-than cannot be negative"), Command: "slipway prune"}
			}
			pruned, err := a.Prune(req)
			if err != nil {
				return err
			}
			return a.Answer(format, pruned, func(w io.Writer) error { return text(w, req, pruned) })
		},
	}
	cmd.Flags().IntVar(&req.Keep, "keep", 20, "so many `runs` are kept, however old")
	cmd.Flags().DurationVar(&req.OlderThan, "older-than", 30*24*time.Hour, "runs that ended within this `time` are kept, however many")
	cmd.Flags().BoolVar(&req.DryRun, "dry-run", false, "remove nothing, say what would be removed")
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

func text(w io.Writer, req app.PruneRequest, p app.Pruned) error {
	verb := "removed"
	if req.DryRun {
		verb = "would remove"
	}
	for _, r := range p.Runs {
		what := "run"
		if !r.Whole {
			what = "logs and inputs of run"
		}
		if _, err := fmt.Fprintln(w, verb, what, r.ID); err != nil {
			return err
		}
	}
	for _, dir := range p.Caches {
		if _, err := fmt.Fprintln(w, verb, "cache", dir); err != nil {
			return err
		}
	}
	if len(p.Runs)+len(p.Caches) == 0 {
		_, err := fmt.Fprintln(w, "nothing to remove")
		return err
	}
	return nil
}
