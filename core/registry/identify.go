package registry

import (
	"context"
	"fmt"

	"github.com/containers/image/v5/manifest"
)

// Identify returns the digest of the manifest of an image in any transport of
// containers/image ("oci-archive:web.tar:quay.io/acme/web:test"), and its image
// ID.
func (c *Client) Identify(ctx context.Context, source string) (digest, imageID string, err error) {
	src, sys, err := c.source(ctx, source)
	if err != nil {
		return "", "", err
	}
	image, err := src.NewImage(ctx, sys)
	if err != nil {
		return "", "", classified(err, "reading %s", source)
	}
	defer image.Close()
	raw, _, err := image.Manifest(ctx)
	if err != nil {
		return "", "", classified(err, "reading the manifest of %s", source)
	}
	d, err := manifest.Digest(raw)
	if err != nil {
		return "", "", fmt.Errorf("reading the manifest of %s: %w", source, err)
	}
	return d.String(), image.ConfigInfo().Digest.String(), nil
}
