package buildkey

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"
)

// patience is how long a server may take to answer about one file.
const patience = 30 * time.Second

// A Prober asks servers what they call the versions of files. The zero Prober
// uses [http.DefaultClient] and waits thirty seconds.
type Prober struct {
	Client  *http.Client
	Timeout time.Duration
}

// ETag returns what the server of a URL calls the version of its file, or ""
// when it names none: then nobody can tell whether it changed. Only headers are
// fetched. A status that is no success is an error.
func (p *Prober) ETag(ctx context.Context, url string) (string, error) {
	limit := cmp.Or(p.Timeout, patience)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return "", fmt.Errorf("asking for the version of %s: %w", url, err)
	}
	resp, err := cmp.Or(p.Client, http.DefaultClient).Do(req)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("asking for the version of %s: %w", url, err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode/100 == 2:
		return resp.Header.Get("ETag"), nil
	case resp.StatusCode == http.StatusMethodNotAllowed || resp.StatusCode == http.StatusNotImplemented:
		return "", nil // a server that gives files without telling about them
	default:
		return "", fmt.Errorf("asking for the version of %s: the server says %s", url, resp.Status)
	}
}
