package build

import (
	"context"
	"fmt"

	"github.com/containers/image/v5/transports/alltransports"
	imagespec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// Config returns the config of the image that a request binds a reference to,
// read from where the image is now.
func Config(ctx context.Context, req strategy.BuildRequest, reference string) (*imagespec.Image, error) {
	b := bases{request: req}
	base, ok := b.decided(need{reference: reference})
	if !ok {
		return nil, fmt.Errorf("nothing was decided for image %s", reference)
	}
	from, err := alltransports.ParseImageName(byDigest(base))
	if err != nil {
		return nil, fmt.Errorf("looking at image %s: %w", reference, err)
	}
	image, err := from.NewImage(ctx, systemContext(req))
	if err != nil {
		return nil, fmt.Errorf("looking at image %s: %w", reference, err)
	}
	defer image.Close()
	config, err := image.OCIConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking at image %s: %w", reference, err)
	}
	return config, nil
}
