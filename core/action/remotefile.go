package action

import (
	"context"
	"fmt"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/sdk/strategy"
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
func (d *Decider) urls(ctx context.Context, inputs []strategy.Input, versions *answers[string]) (out []buildkey.URL, volatile string, err error) {
	for _, in := range inputs {
		if in.URL == "" {
			continue
		}
		ask := func() (string, error) { return d.ETag(ctx, in.URL) }
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
