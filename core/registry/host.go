package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/containers/image/v5/pkg/sysregistriesv2"
	"github.com/containers/image/v5/pkg/tlsclientconfig"
)

// A host is one address and how it is spoken to.
type host struct {
	name      string
	plain     bool // plain HTTP
	transport *routes
	asks      *transport // below it: whose turn it is
}

// routes learns which parts of the protocol a server does not know at all, so
// that the first repository finds out for all others.
type routes struct {
	next        http.RoundTripper
	noReferrers atomic.Bool
}

// RoundTrip implements [http.RoundTripper]. A registry that knows the route
// refuses with an error document; a 404 without one comes from no registry's
// mouth.
func (r *routes) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusNotFound && strings.Contains(req.URL.Path, "/referrers/") &&
		!strings.Contains(resp.Header.Get("Content-Type"), "json") {
		r.noReferrers.Store(true)
	}
	return resp, err
}

// host returns what is known about a registry, finding out at first use. Every
// request comes through here, so that none gets past [Options].Offline.
func (c *Client) host(ctx context.Context, registry string) (*host, error) {
	name, alias := c.aliases[registry]
	if !alias && c.offline {
		return nil, &fault{ErrUnreachable, ErrOffline}
	}
	if !alias {
		name = registry
	}
	c.mu.Lock()
	h := c.hosts[name]
	c.mu.Unlock()
	if h != nil {
		return h, nil
	}
	h, err := c.newHost(ctx, name)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.hosts[name]; known != nil {
		return known, nil
	}
	c.hosts[name] = h
	return h, nil
}

func (c *Client) newHost(ctx context.Context, name string) (*host, error) {
	insecure, err := c.insecure(name)
	if err != nil {
		return nil, err
	}
	base := tlsclientconfig.NewTransport()
	base.MaxIdleConnsPerHost = c.limiter.ceiling
	base.ForceAttemptHTTP2 = true
	base.TLSClientConfig = &tls.Config{InsecureSkipVerify: insecure} //nolint:gosec // what registries.conf says of this registry
	if err := tlsclientconfig.SetupCertificates(c.certDir(name), base.TLSClientConfig); err != nil {
		return nil, fmt.Errorf("reading the certificates for %s: %w", name, err)
	}
	plain := false
	if insecure || loopback(name) {
		plain = speaksPlain(ctx, base.TLSClientConfig, name)
	}
	asks := &transport{base: base, limiter: c.limiter, retries: c.retries, agent: c.agent}
	return &host{name: name, plain: plain, transport: &routes{next: asks}, asks: asks}, nil
}

// insecure reads what registries.conf says about a registry.
func (c *Client) insecure(name string) (bool, error) {
	reg, err := sysregistriesv2.FindRegistry(c.sys, name)
	if err != nil {
		return false, fmt.Errorf("reading registries.conf: %w", err)
	}
	if reg == nil {
		return false, nil
	}
	if reg.Blocked {
		return false, fmt.Errorf("%w: registry %s is blocked in registries.conf", ErrRefused, name)
	}
	return reg.Insecure, nil
}

// certDir returns the folder of certificates for a host, where podman and
// docker look; one that does not exist holds none.
func (c *Client) certDir(name string) string {
	if c.sys.DockerPerHostCertDirPath != "" {
		return filepath.Join(c.sys.DockerPerHostCertDirPath, name)
	}
	dirs := []string{"/etc/containers/certs.d", "/etc/docker/certs.d"}
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append([]string{filepath.Join(home, ".config/containers/certs.d")}, dirs...)
	}
	for _, dir := range dirs {
		if at := filepath.Join(dir, name); exists(at) {
			return at
		}
	}
	return filepath.Join(dirs[0], name)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// loopback reports whether a host:port can only be this machine.
func loopback(name string) bool {
	h, _, err := net.SplitHostPort(name)
	if err != nil {
		h = strings.Trim(name, "[]")
	}
	if h == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(h)
	return err == nil && addr.IsLoopback()
}

// speaksPlain shakes hands once: a server of plain HTTP answers a greeting
// that is no TLS. Any other failure is left to the first real request.
func speaksPlain(ctx context.Context, conf *tls.Config, name string) bool {
	address := name
	if _, _, err := net.SplitHostPort(name); err != nil {
		address = net.JoinHostPort(strings.Trim(name, "[]"), "443")
	}
	conn, err := (&tls.Dialer{Config: conf.Clone()}).DialContext(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close()
		return false
	}
	_, record := errors.AsType[tls.RecordHeaderError](err)
	return record || address != name && portless(err)
}

// portless reports that nothing listens: without a port in the name, plain
// HTTP is then on port 80.
func portless(err error) bool {
	_, ok := errors.AsType[*net.OpError](err)
	return ok
}
