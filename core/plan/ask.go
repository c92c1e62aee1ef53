package plan

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/slipway-build/slipway/core/inventory"
)

// askers is how many images are asked about at once. An answer takes longer to
// travel than to find, so that a few more than there are processors pay.
const askers = 8

// askAll asks about every image, for each of its platforms. The error is that of
// the first image, in their order, whose strategy broke.
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
		answer, err := ask(ctx, image, platform)
		if err != nil {
			return nil, err
		}
		out = append(out, Answer{Platform: platform, PlanResponse: answer})
	}
	return out, nil
}
