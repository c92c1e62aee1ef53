package action

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// What a strategy has built is looked at, not believed.

// verify believes nothing that a strategy says about its result but where it
// is.
func (b *Build) verify(ctx context.Context, step engine.Step, l *listener) (strategy.Image, error) {
	done, err := l.completed()
	if err != nil {
		if ctx.Err() != nil {
			return strategy.Image{}, context.Cause(ctx)
		}
		return strategy.Image{}, placed(step.Image, err)
	}
	if err := b.take(ctx, done); err != nil {
		return strategy.Image{}, fmt.Errorf("taking what strategy %s says that it built, %s: %w", step.Image.Strategy, done.ID, err)
	}
	return done, nil
}

// errNoImage says that a result is not where it was said to be.
var errNoImage = errors.New("local storage has no such image")

// take sees to it that a result is in local storage, whatever transport it was
// left in, and that it is what it was said to be.
//
// What was left elsewhere is read also when local storage has the image that it
// is said to be: it may be another.
func (b *Build) take(ctx context.Context, done strategy.Image) error {
	if strings.HasPrefix(done.Reference, "containers-storage:") {
		if !b.Decider.Store.Has(done.ID) {
			return errNoImage
		}
		return nil
	}
	return b.Importer.Import(ctx, done.Reference, b.Decider.Store.Storage().Reference(done.ID), done.ID)
}

// errChanged says that an input was edited while it was being built, so that
// nobody knows which state went into the image.
var errChanged = errors.New("changed while building")

// unchanged reads the inputs again.
func (b *Build) unchanged(ctx context.Context, step engine.Step, r decide.Ruling) error {
	diff, err := b.Decider.Changed(ctx, step.Image, r)
	if err != nil {
		return err
	}
	if len(diff) > 0 {
		return fmt.Errorf("%s %w: build it again", diff[0].What, errChanged)
	}
	return nil
}

// distinct refuses one image for two platforms: a config names its platform, so
// that nobody has heeded what was asked for.
func distinct(image *inventory.Image, whole decide.Product, platform, id string) error {
	for _, other := range whole.Parts {
		if other.Platform != platform && other.ImageID == id {
			return diag.List{diag.Errorf("same-image", image.PlatformsPos(), "%s comes out as one and the same image for %s and for %s", image.Name, other.Platform, platform).
				WithFix("look whether the last FROM names a platform, or the strategy %s does not heed the one it is asked for", image.Strategy)}
		}
	}
	return nil
}
