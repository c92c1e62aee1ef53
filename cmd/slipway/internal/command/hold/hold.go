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
	"github.com/slipway-build/slipway/core/gate"
)

// Options say what is held, or not held any more.
type Options struct {
	Image  string
	Tag    string
	Reason string
	Lasts  time.Duration
}

// New returns both commands.
func New(a *app.App) []*cobra.Command { return []*cobra.Command{newHold(a), newUnhold(a)} }

func newHold(a *app.App) *cobra.Command {
	var o Options
	cmd := &cobra.Command{
		Use:     "hold IMAGE --reason TEXT",
		Example: "  slipway hold web --reason 'the board shows no ships'",
		Short:   "Keep a tag where it is: nothing is promoted to it meanwhile",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Reason == "" {
				return &app.UsageError{Err: errors.New("a hold needs a --reason: whoever meets it will want to know")}
			}
			o.Image = args[0]
			return run(cmd.Context(), a, o, hold)
		},
	}
	a.Flags.BindInventory(cmd)
	cmd.Flags().StringVar(&o.Tag, "tag", "latest", "the tag")
	cmd.Flags().StringVar(&o.Reason, "reason", "", "why")
	cmd.Flags().DurationVar(&o.Lasts, "for", 0, "how long (default: until it is lifted)")
	return cmd
}

func newUnhold(a *app.App) *cobra.Command {
	var o Options
	cmd := &cobra.Command{
		Use:     "unhold IMAGE",
		Example: "  slipway unhold web",
		Short:   "Lift the hold on a tag",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Image = args[0]
			return run(cmd.Context(), a, o, unhold)
		},
	}
	a.Flags.BindInventory(cmd)
	cmd.Flags().StringVar(&o.Tag, "tag", "latest", "the tag")
	return cmd
}

// run opens the gate for a change, makes it and tells of it.
func run(ctx context.Context, a *app.App, o Options, change func(context.Context, *gate.Gate, gate.Target, string, Options) (string, error)) error {
	inv, image, err := a.Image(ctx, o.Image)
	if err != nil {
		return err
	}
	g, end, err := a.Judge(ctx, inv)
	if err != nil {
		return err
	}
	told, err := change(ctx, g, gate.Target{Image: image.Name, Repository: image.Repository, Tag: o.Tag}, a.Actor(), o)
	if err := errors.Join(err, end(err)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Streams.Out, told)
	return err
}

func hold(ctx context.Context, g *gate.Gate, t gate.Target, actor string, o Options) (string, error) {
	h, err := g.Hold(ctx, t, actor, o.Reason, o.Lasts)
	if err != nil || h.Until.IsZero() {
		return fmt.Sprintf("%s is held until `slipway unhold %s`", t, t.Image), err
	}
	return fmt.Sprintf("%s is held until %s", t, h.Until.Local().Format(time.DateTime)), nil
}

func unhold(ctx context.Context, g *gate.Gate, t gate.Target, actor string, _ Options) (string, error) {
	_, err := g.Release(ctx, t, actor)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("there is no hold on %s", t)
	}
	return fmt.Sprintf("%s is held no longer", t), err
}
