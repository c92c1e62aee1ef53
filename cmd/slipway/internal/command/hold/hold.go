// Package hold implements `slipway hold` and `slipway unhold`.
package hold

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/tag"
	"github.com/slipway-build/slipway/core/gate"
)

// New returns both commands.
func New(a *app.App) []*cobra.Command { return []*cobra.Command{newHold(a), newUnhold(a)} }

func newHold(a *app.App) *cobra.Command {
	var reason string
	var lasts time.Duration
	cmd := tag.Command(a, &cobra.Command{
		Use:     "hold IMAGE --reason TEXT",
		Example: "  slipway hold web --reason 'the board shows no ships'",
		Short:   "Keep a tag where it is: nothing is promoted to it meanwhile",
		PreRunE: func(*cobra.Command, []string) error {
			if reason == "" {
				return &app.UsageError{Err: errors.New("a hold needs a --reason: whoever meets it will want to know")}
			}
			return nil
		},
	}, func(ctx context.Context, t tag.Tag) error { return hold(ctx, a, t, reason, lasts) })
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	cmd.Flags().DurationVar(&lasts, "for", 0, "how long (default: until it is lifted)")
	return cmd
}

func hold(ctx context.Context, a *app.App, t tag.Tag, reason string, lasts time.Duration) error {
	until := fmt.Sprintf("`slipway unhold %s`", t.Image)
	err := t.Change(ctx, func(g *gate.Gate) error {
		h, err := g.Hold(ctx, t.Target, a.Actor(), reason, lasts)
		if !h.Until.IsZero() {
			until = h.Until.Local().Format(time.DateTime)
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Streams.Out, "%s is held until %s\n", t, until)
	return err
}

func newUnhold(a *app.App) *cobra.Command {
	return tag.Command(a, &cobra.Command{
		Use:     "unhold IMAGE",
		Example: "  slipway unhold web",
		Short:   "Lift the hold on a tag",
	}, func(ctx context.Context, t tag.Tag) error { return unhold(ctx, a, t) })
}

func unhold(ctx context.Context, a *app.App, t tag.Tag) error {
	err := t.Change(ctx, func(g *gate.Gate) error {
		_, err := g.Release(ctx, t.Target, a.Actor())
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no hold on %s", t)
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Streams.Out, "%s is held no longer\n", t)
	return err
}
