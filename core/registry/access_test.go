package registry_test

import (
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/embedded"
	"github.com/slipway-build/slipway/core/registry/registrytest"
)

// guarded is a registry that wants a password.
func guarded(t *testing.T) string {
	t.Helper()
	inner := embedded.Handler(t.Context(), t.TempDir())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ann" || password != "secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestCredentials(t *testing.T) {
	addr, dir := guarded(t), t.TempDir()
	auth := fmt.Sprintf(`{"auths":{"%s":{"auth":"%s"}}}`, addr, base64.StdEncoding.EncodeToString([]byte("ann:secret")))
	write(t, filepath.Join(dir, "auth.json"), []byte(auth))
	write(t, filepath.Join(dir, "none.json"), []byte("{}"))
	write(t, filepath.Join(dir, "registries.conf"), nil)
	known := registry.New(registry.Options{
		AuthFile: filepath.Join(dir, "auth.json"), RegistriesConf: filepath.Join(dir, "registries.conf"), CacheDir: dir,
	})
	if err := known.Ping(t.Context(), addr); err != nil {
		t.Errorf("Ping with the password: %v", err)
	}
	m := push(t, known, "guarded", addr+"/acme/web:test")
	if err := known.Tag(t.Context(), m, "latest"); err != nil {
		t.Errorf("Tag with the password: %v", err)
	}
	stranger := registry.New(registry.Options{AuthFile: filepath.Join(dir, "none.json"), RegistriesConf: filepath.Join(dir, "registries.conf")})
	if _, err := stranger.Resolve(t.Context(), m.Reference()); !errors.Is(err, registry.ErrUnauthorized) {
		t.Errorf("Resolve without: %v, want ErrUnauthorized", err)
	}
	if err := stranger.Ping(t.Context(), addr); !errors.Is(err, registry.ErrUnauthorized) {
		t.Errorf("Ping without: %v, want ErrUnauthorized", err)
	}
}

func TestCertificates(t *testing.T) {
	server := httptest.NewUnstartedServer(embedded.Handler(t.Context(), t.TempDir()))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshakes that fail on purpose
	server.StartTLS()
	t.Cleanup(server.Close)
	addr, dir := strings.TrimPrefix(server.URL, "https://"), t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	write(t, filepath.Join(dir, addr, "ca.crt"), ca)
	write(t, filepath.Join(dir, "registries.conf"), nil)
	conf := filepath.Join(dir, "registries.conf")
	trusting := registry.New(registry.Options{CertDir: dir, RegistriesConf: conf, CacheDir: dir})
	push(t, trusting, "secured", addr+"/acme/web:test")
	strict := registry.New(registry.Options{CertDir: t.TempDir(), RegistriesConf: conf})
	if err := strict.Ping(t.Context(), addr); !errors.Is(err, registry.ErrUnreachable) {
		t.Errorf("an unknown certificate on loopback: %v, want ErrUnreachable", err)
	}
}

func TestMirrorsAndBlocks(t *testing.T) {
	mirror, dir := registrytest.New(t), t.TempDir()
	m := push(t, client(t, mirror.Addr), "mirrored", "localhost/acme/web:test")
	conf := filepath.Join(dir, "registries.conf")
	write(t, conf, fmt.Appendf(nil, `
[[registry]]
location = "registry.invalid"
[[registry.mirror]]
location = "%s"
insecure = true
[[registry]]
location = "blocked.invalid"
blocked = true
`, mirror.Addr))
	c := registry.New(registry.Options{RegistriesConf: conf, CacheDir: dir, Retries: -1})
	got, err := c.Resolve(t.Context(), "registry.invalid/acme/web:test")
	if err != nil || got.Digest != m.Digest || got.Repository != "registry.invalid/acme/web" {
		t.Errorf("Resolve = %s in %q, %v, want %s through the mirror", got.Digest, got.Repository, err, m.Digest)
	}
	if _, err := c.Resolve(t.Context(), "blocked.invalid/acme/web"); !errors.Is(err, registry.ErrRefused) {
		t.Errorf("a blocked registry: %v, want ErrRefused", err)
	}
}
