package registry

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/slipway-build/slipway/core/registry/reference"
)

// Tag puts m, byte for byte, under a tag of its repository, and asks the
// registry afterwards whether it is there: [ErrMismatch] when the tag names
// something else by then. Nothing but the manifest moves. m needs its Bytes.
func (c *Client) Tag(ctx context.Context, m Manifest, tag string) error {
	if len(m.Bytes) == 0 {
		return fmt.Errorf("%w: tagging %s: its manifest was not fetched", ErrRefused, m.Reference())
	}
	r, repo, err := c.named(ctx, m.Repository)
	if err != nil {
		return err
	}
	r.Tag, r.Digest = tag, ""
	if err := put(ctx, repo, m, tag); err != nil {
		return classified(err, "tagging %s", r)
	}
	_, err = c.confirm(ctx, r, m.Digest)
	return err
}

func put(ctx context.Context, repo *remote.Repository, m Manifest, version string) error {
	return repo.Manifests().PushReference(ctx, m.descriptor(), bytes.NewReader(m.Bytes), version)
}

// confirm asks what a tag names now, and that it is what was put there.
func (c *Client) confirm(ctx context.Context, r reference.Reference, dgst string) (Manifest, error) {
	now, err := c.get(ctx, r)
	if err != nil {
		return Manifest{}, err
	}
	if now.Digest != dgst {
		return Manifest{}, fmt.Errorf("confirming %s: %w: it names %s, put there was %s", r, ErrMismatch, now.Digest, dgst)
	}
	return now, nil
}

// Untag takes a tag away and leaves what it named. [ErrRefused] when the
// registry does not do that; [ErrNotFound] when there is no such tag.
func (c *Client) Untag(ctx context.Context, repository, tag string) error {
	r, repo, err := c.named(ctx, repository)
	if err != nil {
		return err
	}
	r.Tag, r.Digest = tag, ""
	return classified(deleteTag(ctx, repo, tag), "removing tag %s", r)
}

// deleteTag asks for the deletion of a tag. Neither library has this request:
// both delete by digest, which takes every other tag of the image along.
func deleteTag(ctx context.Context, repo *remote.Repository, tag string) error {
	ref, err := repo.ParseReference(tag)
	if err != nil {
		return err
	}
	scheme := "https"
	if repo.PlainHTTP {
		scheme = "http"
	}
	ctx = auth.AppendRepositoryScope(ctx, ref, auth.ActionPull, auth.ActionDelete)
	url := fmt.Sprintf("%s://%s/v2/%s/manifests/%s", scheme, ref.Host(), ref.Repository, tag)
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, url, nil)
	if err != nil {
		return err
	}
	resp, err := repo.Client.Do(req)
	if err != nil {
		return err
	}
	defer discard(resp)
	if resp.StatusCode/100 == 2 {
		return nil
	}
	return &errcode.ErrorResponse{Method: req.Method, URL: req.URL, StatusCode: resp.StatusCode}
}
