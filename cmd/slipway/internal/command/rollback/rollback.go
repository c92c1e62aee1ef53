// Package rollback implements `slipway rollback`.
package rollback

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/report"
)

// Options say what is to be rolled back.
type Options struct {
	Image  string
	Tag    string
	To     string
	Reason string
	Hold   time.Duration
}

// New returns the command.
func New(a *app.App) *cobra.Command {
	var o Options
	cmd := &cobra.Command{
		Use:     "rollback IMAGE --reason TEXT",
		Example: "  slipway rollback web --reason 'the board shows no ships'",
		Short:   "Put back what stood under a tag before, and hold it there",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Image = args[0]
			if o.Reason == "" {
				return &app.UsageError{Err: errors.New("a rollback needs a --reason: whoever meets the hold will want to know")}
			}
			return run(cmd.Context(), a, o)
		},
	}
	a.Flags.BindInventory(cmd)
	cmd.Flags().StringVar(&o.Tag, "tag", "latest", "the tag")
	cmd.Flags().StringVar(&o.To, "to", "", "a digest (default: what stood there before)")
	cmd.Flags().StringVar(&o.Reason, "reason", "", "why")
	cmd.Flags().DurationVar(&o.Hold, "hold", 0, "how long nothing may be promoted to the tag (default: until the hold is lifted)")
	return cmd
}

func run(ctx context.Context, a *app.App, o Options) error {
	inv, image, err := a.Image(ctx, o.Image)
	if err != nil {
		return err
	}
	g, end, err := a.Judge(ctx, inv)
	if err != nil {
		return err
	}
	done, err := g.Rollback(ctx, gate.Rollback{
		Target: gate.Target{Image: image.Name, Repository: image.Repository, Tag: o.Tag},
		To:     o.To, Actor: a.Actor(), Reason: o.Reason, Hold: o.Hold,
	})
	if gate.Refused(err) {
		err = &engine.RefusedError{Err: err}
	}
	if err := errors.Join(err, end(err)); err != nil {
		return err
	}
	for _, m := range append(done.Moved, done.Already...) {
		fmt.Fprintf(a.Streams.Out, "%s:%s is %s, was %s, and is held there\n", m.Repository, m.Tag, report.ShortDigest(m.Digest), report.ShortDigest(m.Old))
	}
	return nil
}
