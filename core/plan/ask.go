package plan

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
)

// askers is how many images are asked about at once. An answer takes longer to
// travel than to find, so that a few more than there are processors pay.
const askers = 8

// A BrokenError tells of a strategy that broke when it was asked what an image
// depends on.
type BrokenError struct {
	Image *inventory.Image
	Err   error
}

// Error names the image and says how the strategy broke.
func (e *BrokenError) Error() string { return fmt.Sprintf("planning %s: %v", e.Image.Name, e.Err) }

// Unwrap returns how the strategy broke.
func (e *BrokenError) Unwrap() error { return e.Err }

// warning is for who only looks; who decides is told again.
func (e *BrokenError) warning() diag.Diagnostic {
	return diag.Warningf("strategy.broken", e.Image.StrategyPos(), "%v", e).
		WithDetail("So nobody knows what %s depends on.", e.Image.Name)
}

// askAll asks about every image, for each of its platforms. The error is that of
// the first image, in their order, about which nothing can be asked; a strategy
// that broke is told in its answer.
func askAll(ctx context.Context, images []*inventory.Image, ask Asker) ([][]Answer, error) {
	answers, errs := make([][]Answer, len(images)), make([]error, len(images))
	var g errgroup.Group
	g.SetLimit(askers)
	for i, image := range images {
		g.Go(func() error {
			answers[i], errs[i] = askAbout(ctx, image, ask)
			return nil
		})
	}
	_ = g.Wait() // errors are kept by image
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("planning %s: %w", images[i].Name, err)
		}
	}
	return answers, nil
}

func askAbout(ctx context.Context, image *inventory.Image, ask Asker) ([]Answer, error) {
	var out []Answer
	for _, platform := range image.Platforms {
		response, err := ask(ctx, image, platform)
		answer := Answer{Platform: platform, PlanResponse: response}
		switch {
		case err == nil:
		case ctx.Err() != nil || diag.Of(err) != nil:
			return nil, err
		default:
			answer.Broken = &BrokenError{Image: image, Err: err}
		}
		out = append(out, answer)
	}
	return out, nil
}
