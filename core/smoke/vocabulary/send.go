package vocabulary

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/smoke/world"
)

// maxBody is how much of a response is read.
const maxBody = 4 << 20

// A call is an HTTP request to a container or a service.
type call struct {
	method string
	url    string // http://host:port/path; the host is a container or a service, "" the container without a name
	header http.Header
	body   string
}

// local returns a call to a port of the container without a name.
func local(method string, port int, path string) call {
	return call{method: method, url: fmt.Sprintf("http://:%d%s", port, path)}
}

// send sends a call once and remembers the exchange. Redirects are answers. No
// answer is a Mismatch, so that it can be waited for; a container that has
// exited is a final one.
func send(ctx context.Context, w *world.World, c call) (*world.Exchange, error) {
	target, err := url.Parse(c.url)
	if err != nil {
		return nil, fmt.Errorf("reading the address %q: %w", c.url, err)
	}
	if err := w.Alive(ctx, target.Hostname()); err != nil {
		return nil, err
	}
	request, err := newRequest(ctx, w, c, *target)
	if err != nil {
		return nil, err
	}
	transport := newTransport(w, target)
	defer transport.CloseIdleConnections()
	started := time.Now()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, unanswered(ctx, w, target, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if err != nil {
		return nil, unanswered(ctx, w, target, err)
	}
	exchange := &world.Exchange{
		Method: c.method, URL: c.url, Request: request.Header, Sent: []byte(c.body), Status: response.StatusCode,
		Response: response.Header, Body: body[:min(len(body), maxBody)], Truncated: len(body) > maxBody, Duration: time.Since(started),
	}
	w.SetExchange(exchange)
	return exchange, nil
}

// newRequest gives a call without a host one to name: HTTP demands it.
func newRequest(ctx context.Context, w *world.World, c call, target url.URL) (*http.Request, error) {
	if target.Hostname() == "" {
		target.Host = "localhost" + target.Host
	}
	request, err := http.NewRequestWithContext(ctx, c.method, target.String(), strings.NewReader(c.body))
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	if c.header != nil {
		request.Header = c.header.Clone()
	}
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
	}
	if credentials := w.Credentials(); credentials != nil {
		request.SetBasicAuth(credentials.User, credentials.Password)
	}
	return request, nil
}

// newTransport dials into the container or the service, whatever the address
// says to the rest of the world.
func newTransport(w *world.World, target *url.URL) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return w.Dial(ctx, target.Hostname(), portOf(target))
		},
		DisableCompression: true,
		DisableKeepAlives:  true,
		// A smoke test's certificate is made for the test; the certificate
		// steps look at it.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // as said above
	}
}

func portOf(target *url.URL) int {
	if port, err := strconv.Atoi(target.Port()); err == nil {
		return port
	}
	if target.Scheme == "https" {
		return 443
	}
	return 80
}

// unanswered says why there is no answer: the container may have exited since.
func unanswered(ctx context.Context, w *world.World, target *url.URL, err error) error {
	if dead := w.Alive(context.WithoutCancel(ctx), target.Hostname()); dead != nil {
		return dead
	}
	return world.Mismatchf("no answer from port %d: %v", portOf(target), err)
}
