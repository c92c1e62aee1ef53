package action

import (
	"context"

	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
)

// place returns the builder that a task picks for a step, once it has room, and
// what gives the room back; that of a task which picks none is as image.yml
// says.
func (b *Build) place(ctx context.Context, step engine.Step) (builder.Builder, func(), error) {
	if step.ID.On == "" {
		return builder.Builder{Isolation: step.Image.Isolation}, func() {}, nil
	}
	return b.Builders.Take(ctx, step.ID.On)
}

// there is an image as it is built on a builder.
func there(image *inventory.Image, place builder.Builder) *inventory.Image {
	on := *image
	on.Isolation, on.Resources = place.Isolation, image.Resources.Or(place.Resources)
	return &on
}
