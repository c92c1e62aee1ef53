package registry

import (
	"context"
	"fmt"
	"io"

	imagecopy "github.com/containers/image/v5/copy"
	"github.com/containers/image/v5/transports/alltransports"
	"github.com/containers/image/v5/types"
)

// Import copies an image from any transport of containers/image to another, if
// it is the image with this ID ("sha256:…"); otherwise nothing is copied and
// the error is [ErrMismatch].
func (c *Client) Import(ctx context.Context, source, target, imageID string) error {
	src, sys, err := c.source(ctx, source)
	if err != nil {
		return err
	}
	dest, err := alltransports.ParseImageName(target)
	if err != nil {
		return fmt.Errorf("parsing image target %q: %w", target, err)
	}
	if err := is(ctx, src, sys, imageID); err != nil {
		return err
	}
	err = c.retry(ctx, func() error {
		_, err := c.copyImage(ctx, acceptAnything(), dest, src, &imagecopy.Options{
			SourceCtx: sys, DestinationCtx: c.sys, ReportWriter: io.Discard, RemoveSignatures: true,
		}, nil)
		return err
	})
	return classified(err, "copying %s", source)
}

// is expects an image to have an ID.
func is(ctx context.Context, src types.ImageReference, sys *types.SystemContext, imageID string) error {
	image, err := src.NewImage(ctx, sys)
	if err != nil {
		return classified(err, "reading the image")
	}
	defer image.Close()
	if id := image.ConfigInfo().Digest.String(); id != imageID {
		return fmt.Errorf("%w: its image ID is %s, not %s", ErrMismatch, id, imageID)
	}
	return nil
}
