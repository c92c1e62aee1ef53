package build

import (
	"context"
	"fmt"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// checkTriggers refuses a base whose ONBUILD takes files out of the context
// when they were not counted: nobody would notice that they changed.
func (b *bases) checkTriggers(ctx context.Context, image dockerfile.Image) (*diag.Diagnostic, error) {
	if b.onBuild || image.Kind != strategy.Base && image.Kind != strategy.Builder {
		return nil, nil
	}
	config, err := b.config(ctx, b.id(image))
	if err != nil {
		return nil, fmt.Errorf("reading the triggers of %s: %w", image.Reference, err)
	}
	for _, trigger := range config.OnBuild {
		if dockerfile.Selects(trigger) {
			d := diag.Errorf("trigger-takes-files", image.Pos, "image %s takes files from the build context: ONBUILD %s", image.Reference, trigger).
				WithDetail("What a trigger takes is not seen before the build, so a change of it would go unnoticed.").
				WithFix("set onbuild: true, which makes the whole context count")
			return &d, nil
		}
	}
	return nil, nil
}
