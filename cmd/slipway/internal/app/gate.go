package app

import (
	"context"
	"fmt"
	"os"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Image loads the inventory and returns one of its images.
func (a *App) Image(ctx context.Context, name string) (*inventory.Inventory, *inventory.Image, error) {
	inv, _, err := a.Inventory(ctx)
	if err != nil {
		return nil, nil, err
	}
	if image := inv.Image(name); image != nil {
		return inv, image, nil
	}
	return nil, nil, unknownImage(inv, name)
}

func unknownImage(inv *inventory.Inventory, name string) diag.List {
	d := diag.Diagnostic{Code: "unknown-image", Summary: fmt.Sprintf("there is no image %q", name)}
	return diag.List{d.WithFix("%s", diag.Suggest(name, inv.Names()))}
}

// Gate opens the gate for a command that only asks.
func (a *App) Gate(ctx context.Context, inv *inventory.Inventory) (*gate.Gate, error) {
	return a.gateOf(ctx, inv, nil)
}

// Judge opens the gate for a command that changes something, with a run of
// its own in the journal, which end closes.
func (a *App) Judge(ctx context.Context, inv *inventory.Inventory) (g *gate.Gate, end func(error) error, err error) {
	journal, err := a.begin(RunRequest{Args: os.Args}, inv)
	if err != nil {
		return nil, nil, err
	}
	g, err = a.gateOf(ctx, inv, journal)
	return g, func(err error) error { return a.end(journal, err) }, err
}

func (a *App) gateOf(ctx context.Context, inv *inventory.Inventory, journal *ledger.Run) (*gate.Gate, error) {
	client, err := a.Registry(ctx, inv.Embedded())
	if err != nil {
		return nil, err
	}
	l, err := a.Ledger()
	if err != nil {
		return nil, err
	}
	return gate.New(action.Gateway{Client: client}, l, journal, gate.Trust{})
}

// Resolve looks a reference up as the gate does.
func (a *App) Resolve(ctx context.Context, inv *inventory.Inventory, ref string) (gate.Manifest, error) {
	client, err := a.Registry(ctx, inv.Embedded())
	if err != nil {
		return gate.Manifest{}, err
	}
	return action.Gateway{Client: client}.Resolve(ctx, ref)
}
