// Package history implements `slipway history`.
package history

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/report"
)

// Options say whose history is wanted.
type Options struct {
	Image  string
	Tag    string
	Format string
}

// New returns the command.
func New(a *app.App) *cobra.Command {
	var o Options
	cmd := &cobra.Command{
		Use:     "history IMAGE",
		Example: "  slipway history web",
		Short:   "Which digests stood under a tag, who put them there, and why",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Image = args[0]
			return run(cmd.Context(), a, o)
		},
	}
	a.Flags.BindInventory(cmd)
	cmd.Flags().StringVar(&o.Tag, "tag", "latest", "the tag")
	app.FormatFlag(cmd, &o.Format, "text", "json", "yaml")
	return cmd
}

func run(ctx context.Context, a *app.App, o Options) error {
	inv, image, err := a.Image(ctx, o.Image)
	if err != nil {
		return err
	}
	g, err := a.Gate(ctx, inv)
	if err != nil {
		return err
	}
	records, err := g.History(ctx, gate.Target{Image: image.Name, Repository: image.Repository, Tag: o.Tag})
	if err != nil {
		return err
	}
	if records == nil {
		records = []gate.Record{}
	}
	return a.Answer(o.Format, map[string]any{"history": records}, func(w io.Writer) error { return text(w, o, records) })
}

func text(w io.Writer, o Options, records []gate.Record) error {
	if len(records) == 0 {
		_, err := fmt.Fprintf(w, "nothing was ever promoted to %s:%s\n", o.Image, o.Tag)
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
