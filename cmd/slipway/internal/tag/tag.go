// Package tag is what commands on one tag of an image have in common: they take
// the image's name and --tag, by default latest, ask the gate, and what they change
// is a run of its own in the journal.
package tag

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/runs"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
)

// A Tag is a tag of an image that a command asks about or changes.
type Tag struct {
	gate.Target

	app *app.App
	inv *inventory.Inventory
}

// Command completes a command on one tag of an image: it takes the image's
// name and --tag, and has do answer.
func Command(a *app.App, cmd *cobra.Command, do func(ctx context.Context, t Tag) error) *cobra.Command {
	a.Flags.BindInventory(cmd)
	tag := cmd.Flags().String("tag", "latest", "the tag")
	cmd.Args = cobra.ExactArgs(1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		inv, _, err := site.New(a).Inventory(cmd.Context())
		if err != nil {
			return err
		}
		image, err := site.Image(inv, args[0])
		if err != nil {
			return err
		}
		return do(cmd.Context(), Tag{gate.Target{Image: image.Name, Repository: image.Repository, Tag: *tag}, a, inv})
	}
	return cmd
}

// Gate opens the gate for a command that only asks.
func (t Tag) Gate(ctx context.Context) (*gate.Gate, error) { return t.gate(ctx, nil) }

// Change opens the gate for a change, which is a run of its own in the journal.
func (t Tag) Change(ctx context.Context, change func(*gate.Gate) error) error {
	return runs.New(t.app).Journal(runs.Request{Args: os.Args}, t.inv, func(journal *ledger.Run) error {
		g, err := t.gate(ctx, journal)
		if err != nil {
			return err
		}
		return change(g)
	})
}

func (t Tag) gate(ctx context.Context, journal *ledger.Run) (*gate.Gate, error) {
	client, err := t.app.Registry(ctx, t.inv.Embedded())
	if err != nil {
		return nil, err
	}
	l, err := t.app.Ledger()
	if err != nil {
		return nil, err
	}
	return gate.New(action.Gateway{Client: client}, l, journal, gate.Trust{})
}

// Manifest returns what stands under the tag, as the gate sees it. The error is
// fs.ErrNotExist when nothing does.
func (t Tag) Manifest(ctx context.Context) (gate.Manifest, error) {
	client, err := t.app.Registry(ctx, t.inv.Embedded())
	if err != nil {
		return gate.Manifest{}, err
	}
	return action.Gateway{Client: client}.Resolve(ctx, t.String())
}
