package vocabulary

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func ports() []step.Definition {
	return []step.Definition{
		{
			Pattern: `port {port} is open within {duration}`, Keyword: step.Then, Run: openWithin,
			Example: `port 8080 is open within "30s"`,
			Doc:     "Waits until the container accepts TCP connections on the port. A container that exits fails at once.",
		},
		{
			Pattern: `port {port} is closed for {duration}`, Keyword: step.Then, Run: closedFor,
			Example: `port 22 is closed for "2s"`,
			Doc:     "The container refuses TCP connections on the port all that time; it must be running.",
		},
	}
}

func certificates() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the TLS certificate on port {port} is valid for {string}`, Keyword: step.Then, Run: certificateFor,
			Example: `the TLS certificate on port 8443 is valid for "localhost"`,
			Doc:     "The certificate names the host and is valid now. Who signed it is not looked at.",
		},
		{
			Pattern: `the TLS certificate on port {port} expires in more than {duration}`, Keyword: step.Then, Run: certificateLasts,
			Example: `the TLS certificate on port 8443 expires in more than "30d"`,
			Doc:     "The certificate is valid for longer than this from now.",
		},
		{
			Pattern: `port {port} rejects TLS versions below {string}`, Keyword: step.Then, Run: rejectsOldTLS,
			Example: `port 8443 rejects TLS versions below "1.2"`,
			Doc:     `A handshake with this version ("1.1", "1.2", "1.3") or above succeeds, and one with the version below is refused.`,
		},
	}
}

// portOpen connects once.
func portOpen(ctx context.Context, w *world.World, host string, port int) error {
	if err := w.Alive(ctx, host); err != nil {
		return err
	}
	conn, err := w.Dial(ctx, host, port)
	if err != nil {
		return world.Mismatchf("port %d is not open: %v", port, err)
	}
	return conn.Close()
}

func openWithin(ctx context.Context, w *world.World, args step.Args) error {
	return w.Eventually(ctx, args.Duration(1), func(ctx context.Context) error { return portOpen(ctx, w, "", args.Int(0)) })
}

func closedFor(ctx context.Context, w *world.World, args step.Args) error {
	return w.Throughout(ctx, args.Duration(1), func(ctx context.Context) error {
		if err := w.Alive(ctx, ""); err != nil {
			return err
		}
		conn, err := w.Dial(ctx, "", args.Int(0))
		switch {
		case err == nil:
			return errors.Join(world.Mismatchf("port %d is open", args.Int(0)), conn.Close())
		case errors.Is(err, syscall.ECONNREFUSED):
			return nil
		default:
			return fmt.Errorf("connecting to port %d: %w", args.Int(0), err)
		}
	})
}

// handshake shakes hands within a range of versions and returns the
// certificate. A refused handshake is a refusal.
func handshake(ctx context.Context, w *world.World, port int, low, high uint16) (*x509.Certificate, error) {
	if err := w.Alive(ctx, ""); err != nil {
		return nil, err
	}
	conn, err := w.Dial(ctx, "", port)
	if err != nil {
		return nil, world.Mismatchf("port %d is not open: %v", port, err)
	}
	config := &tls.Config{InsecureSkipVerify: true, MinVersion: low, MaxVersion: high} //nolint:gosec // the steps judge the certificate
	client := tls.Client(conn, config)
	defer client.Close()
	if err := client.HandshakeContext(ctx); err != nil {
		return nil, refusal{world.Mismatch{Text: fmt.Sprintf("port %d refuses the TLS handshake: %v", port, err)}}
	}
	return client.ConnectionState().PeerCertificates[0], nil
}

// A refusal is a handshake that was begun and did not succeed.
type refusal struct{ world.Mismatch }

// Unwrap makes it a Mismatch to all who look.
func (r refusal) Unwrap() error { return r.Mismatch }

func certificateFor(ctx context.Context, w *world.World, args step.Args) error {
	certificate, err := handshake(ctx, w, args.Int(0), tls.VersionTLS12, tls.VersionTLS13)
	if err != nil {
		return err
	}
	if err := certificate.VerifyHostname(args.String(1)); err != nil {
		return world.Mismatchf("the certificate is not for %q: %v", args.String(1), err)
	}
	if now := time.Now(); now.Before(certificate.NotBefore) || now.After(certificate.NotAfter) {
		return world.Mismatchf("the certificate is valid from %s to %s", certificate.NotBefore.Format(time.RFC3339), certificate.NotAfter.Format(time.RFC3339))
	}
	return nil
}

func certificateLasts(ctx context.Context, w *world.World, args step.Args) error {
	certificate, err := handshake(ctx, w, args.Int(0), tls.VersionTLS12, tls.VersionTLS13)
	if err != nil {
		return err
	}
	if left := time.Until(certificate.NotAfter); left <= args.Duration(1) {
		return world.Mismatchf("the certificate expires at %s", certificate.NotAfter.Format(time.RFC3339))
	}
	return nil
}

func rejectsOldTLS(ctx context.Context, w *world.World, args step.Args) error {
	versions := map[string]uint16{"1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
	version, ok := versions[args.String(1)]
	if !ok {
		return fmt.Errorf(`%q is none of the TLS versions "1.1", "1.2", "1.3"`, args.String(1))
	}
	// First see that the port speaks TLS at all: a dead port rejects everything.
	if _, err := handshake(ctx, w, args.Int(0), version, tls.VersionTLS13); err != nil {
		return err
	}
	_, err := handshake(ctx, w, args.Int(0), tls.VersionTLS10, version-1)
	if err == nil {
		return world.Mismatchf("port %d accepts a TLS version below %s", args.Int(0), args.String(1))
	}
	if _, refused := errors.AsType[refusal](err); refused {
		return nil
	}
	return err
}
