package build

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/containers/image/v5/manifest"
	istorage "github.com/containers/image/v5/storage"

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
	triggers, err := b.triggers(ctx, b.id(image))
	if err != nil {
		return nil, fmt.Errorf("reading the triggers of %s: %w", image.Reference, err)
	}
	for _, trigger := range triggers {
		if dockerfile.Selects(trigger) {
			d := diag.Errorf("trigger-takes-files", image.Pos, "image %s takes files from the build context: ONBUILD %s", image.Reference, trigger).
				WithDetail("What a trigger takes is not seen before the build, so a change of it would go unnoticed.").
				WithFix("set onbuild: true, which makes the whole context count")
			return &d, nil
		}
	}
	return nil, nil
}

// triggers are the ONBUILD instructions of an image. Only Docker's format has
// them.
func (b *bases) triggers(ctx context.Context, id string) ([]string, error) {
	ref, err := istorage.Transport.ParseStoreReference(b.store, "@"+id)
	if err != nil {
		return nil, err
	}
	image, err := ref.NewImage(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer image.Close()
	if _, kind, err := image.Manifest(ctx); err != nil || kind != manifest.DockerV2Schema2MediaType {
		return nil, err
	}
	blob, err := image.ConfigBlob(ctx)
	if err != nil {
		return nil, err
	}
	var config struct{ Config struct{ OnBuild []string } }
	if err := json.Unmarshal(blob, &config); err != nil {
		return nil, err
	}
	return config.Config.OnBuild, nil
}
