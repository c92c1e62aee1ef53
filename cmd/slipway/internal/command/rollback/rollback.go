// Package rollback implements `slipway rollback`.
package rollback

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/tag"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/report"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var back gate.Rollback
	cmd := tag.Command(a, &cobra.Command{
		Use:     "rollback IMAGE --reason TEXT",
		Example: "  slipway rollback web --reason 'the board shows no ships'",
		Short:   "Put back what stood under a tag before, and hold it there",
		PreRunE: func(*cobra.Command, []string) error {
			if back.Reason == "" {
				return &app.UsageError{Err: errors.New("a rollback needs a --reason: whoever meets the hold will want to know")}
			}
			return nil
		},
	}, func(ctx context.Context, t tag.Tag) error {
		back.Target, back.Actor = t.Target, a.Actor()
		return run(ctx, a, t, back)
	})
	cmd.Flags().StringVar(&back.To, "to", "", "a digest (default: what stood there before)")
	cmd.Flags().StringVar(&back.Reason, "reason", "", "why")
	cmd.Flags().DurationVar(&back.Hold, "hold", 0, "how long nothing may be promoted to the tag (default: until the hold is lifted)")
	return cmd
}

func run(ctx context.Context, a *app.App, t tag.Tag, back gate.Rollback) error {
	var done gate.Result
	err := t.Change(ctx, func(g *gate.Gate) (err error) {
		done, err = g.Rollback(ctx, back)
		if gate.Refused(err) {
			err = &engine.RefusedError{Err: err}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range append(done.Moved, done.Already...) {
		fmt.Fprintf(a.Streams.Out, "%s:%s is %s, was %s, and is held there\n", m.Repository, m.Tag, report.ShortDigest(m.Digest), report.ShortDigest(m.Old))
	}
	return nil
}
