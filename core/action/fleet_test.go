package action_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A fleet is images that stand on nothing, and a registry that is a table: for
// actions that take images as they are.
type fleet struct {
	images  []*inventory.Image
	decider *decide.Decider
	tags    map[string]registry.Manifest // by reference
	broken  error                        // what the registry answers; nil: it is well
}

func newFleet(t *testing.T, names ...string) *fleet {
	t.Helper()
	f := &fleet{tags: map[string]registry.Manifest{}}
	for _, name := range names {
		f.images = append(f.images, &inventory.Image{Name: name, Repository: "registry.test/" + name, Platforms: []string{"linux/amd64"}})
	}
	family, found, err := plan.Relate(t.Context(), f.images, func(context.Context, *inventory.Image, string) (strategy.PlanResponse, error) {
		return strategy.PlanResponse{}, nil
	})
	if err != nil || found.Err() != nil {
		t.Fatal(err, found)
	}
	f.decider = &decide.Decider{Family: family, Products: new(decide.Products), Registry: f, Store: noHouse{}}
	return f
}

// Resolve implements [decide.Registry].
func (f *fleet) Resolve(_ context.Context, ref string) (registry.Manifest, error) {
	if m, ok := f.tags[ref]; ok || f.broken != nil {
		return m, f.broken
	}
	return registry.Manifest{}, fmt.Errorf("%s: %w", ref, registry.ErrNotFound)
}

// noHouse is local storage with nothing in it.
type noHouse struct{ action.Storehouse }

func (noHouse) Has(string) bool { return false }
