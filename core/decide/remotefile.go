package decide

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
)

// A urlError says about which remote file nothing could be found out.
type urlError struct {
	url string
	err error
}

func (e *urlError) Error() string { return e.err.Error() }
func (e *urlError) Unwrap() error { return e.err }

// urls returns the versions of the remote files among inputs. Where a server
// names none, volatile says so: nobody can tell whether the file changed.
func (d *Decider) urls(ctx context.Context, image *inventory.Image, answer plan.Answer, versions *answers[string]) (out []buildkey.URL, volatile string, err error) {
	for _, in := range answer.Inputs {
		if in.URL == "" {
			continue
		}
		ask := func() (string, error) { return d.etag(ctx, image, answer.Platform, in.URL) }
		var etag string
		if versions == nil {
			etag, err = ask()
		} else {
			etag, err = versions.get(in.URL, ask)
		}
		if err != nil {
			return nil, "", &urlError{in.URL, err}
		}
		if etag == "" {
			volatile = fmt.Sprintf("%s has no version (ETag) to tell by whether it changed", in.URL)
		}
		out = append(out, buildkey.URL{URL: in.URL, ETag: etag})
	}
	return out, volatile, nil
}

// etag asks for the version of a file; offline it is the one at the image's last
// build.
func (d *Decider) etag(ctx context.Context, image *inventory.Image, platform, url string) (string, error) {
	etag, err := d.ETag(ctx, url)
	if !errors.Is(err, registry.ErrOffline) {
		return etag, err
	}
	b, ok, lastErr := d.Memory.Last(image.Name, platform)
	var facts buildkey.Facts
	if lastErr != nil || !ok || json.Unmarshal(b.Facts, &facts) != nil {
		return "", errors.Join(fmt.Errorf("%s: %w", url, errUnseen), lastErr)
	}
	for _, known := range facts.URLs {
		if known.URL == url {
			return known.ETag, nil
		}
	}
	return "", fmt.Errorf("%s: %w", url, errUnseen)
}
