package registry

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
)

// Download writes a blob of any size, such as a program in an artifact, to w.
// The blob is verified when all of it has been written: after an error,
// [ErrMismatch] among them, w holds nothing of use.
func (c *Client) Download(ctx context.Context, repository, dgst string, w io.Writer) error {
	r, repo, err := c.named(ctx, repository)
	if err != nil {
		return err
	}
	r.Tag, r.Digest = "", dgst
	_, body, err := repo.Blobs().FetchReference(ctx, dgst)
	if err != nil {
		return classified(err, "fetching blob %s", r)
	}
	defer body.Close()
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, hash), body); err != nil {
		return classified(err, "fetching blob %s", r)
	}
	if got := fmt.Sprintf("sha256:%x", hash.Sum(nil)); got != dgst {
		return fmt.Errorf("%w: %s holds %s", ErrMismatch, r, got)
	}
	return nil
}
