package embedded_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/embedded"
)

func start(t *testing.T, o embedded.Options) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
	return s
}

func put(t *testing.T, addr, path, mediaType, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+addr+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", mediaType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

const index = `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}`

func TestTwoServersShareAFolder(t *testing.T) {
	dir := t.TempDir()
	one, other := start(t, embedded.Options{Dir: dir}), start(t, embedded.Options{Dir: dir})
	if status := put(t, one.Addr(), "/v2/acme/web/manifests/test", "application/vnd.oci.image.index.v1+json", index); status != http.StatusCreated {
		t.Fatalf("putting a manifest: status %d", status)
	}
	c := registry.New(registry.Options{Aliases: map[string]string{"localhost": other.Addr()}})
	m, err := c.Resolve(t.Context(), "localhost/acme/web:test")
	if err != nil || string(m.Bytes) != index {
		t.Fatalf("the other server answers %q, %v", m.Bytes, err)
	}
	if err := c.Untag(t.Context(), "localhost/acme/web", "test"); err != nil {
		t.Errorf("Untag: %v", err)
	}
}

func TestLogGoesWhereItIsSent(t *testing.T) {
	var process, own bytes.Buffer
	std := logrus.StandardLogger()
	before := std.Out
	std.SetOutput(&process)
	t.Cleanup(func() { std.SetOutput(before) })
	s := start(t, embedded.Options{Dir: t.TempDir(), Log: &own})
	if status := put(t, s.Addr(), "/v2/acme/web/manifests/test", "application/vnd.oci.image.index.v1+json", "no manifest"); status != http.StatusBadRequest {
		t.Fatalf("putting nonsense: status %d", status)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if process.Len() > 0 {
		t.Errorf("the registry wrote to the logger of the process:\n%s", &process)
	}
	if !strings.Contains(own.String(), "manifest invalid") {
		t.Errorf("the registry's own log is %q, want the refusal in it", &own)
	}
}

func TestClosedIsClosed(t *testing.T) {
	s := start(t, embedded.Options{Dir: t.TempDir()})
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("closing again: %v", err)
	}
	resp, err := http.Get("http://" + s.Addr() + "/v2/")
	if err == nil {
		resp.Body.Close()
		t.Error("a closed registry answers")
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	_, err := embedded.Start(t.Context(), embedded.Options{Dir: t.TempDir(), Addr: "127.0.0.1:none"})
	want := "starting the embedded registry: listen tcp: lookup tcp/none: unknown port"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
