// Package history implements `slipway history`.
package history

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/tag"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/report"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := tag.Command(a, &cobra.Command{
		Use:     "history IMAGE",
		Example: "  slipway history web",
		Short:   "Which digests stood under a tag, who put them there, and why",
	}, func(ctx context.Context, t tag.Tag) error { return run(ctx, a, t, format) })
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

func run(ctx context.Context, a *app.App, t tag.Tag, format string) error {
	g, err := t.Gate(ctx)
	if err != nil {
		return err
	}
	records, err := g.History(ctx, t.Target)
	if err != nil {
		return err
	}
	if records == nil {
		records = []gate.Record{}
	}
	return a.Answer(format, map[string]any{"history": records}, func(w io.Writer) error { return text(w, t, records) })
}

func text(w io.Writer, t tag.Tag, records []gate.Record) error {
	if len(records) == 0 {
		_, err := fmt.Fprintf(w, "nothing was ever promoted to %s:%s\n", t.Image, t.Tag)
		return err
	}
	for _, r := range records {
		verb := r.From + " → " + r.Tag
		if r.Rollback {
			verb = "rolled back"
		}
		was := "nothing"
		if r.Old != "" {
			was = report.ShortDigest(r.Old)
		}
		fmt.Fprintf(w, "%s  %-14s %s  was %s, by %s, run %s", r.Time.Local().Format(time.DateTime), verb, report.ShortDigest(r.Digest), was, r.Actor, r.RunID)
		if r.Reason != "" {
			fmt.Fprintf(w, ": %s", r.Reason)
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}
