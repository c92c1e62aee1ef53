package registry_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
)

// client returns a client that knows nothing of this machine's settings and
// asks addr for everything called localhost.
func client(t testing.TB, addr string) *registry.Client {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "registries.conf"), nil)
	write(t, filepath.Join(dir, "auth.json"), []byte("{}"))
	return registry.New(registry.Options{
		AuthFile: filepath.Join(dir, "auth.json"), RegistriesConf: filepath.Join(dir, "registries.conf"), CacheDir: dir,
		Aliases: map[string]string{"localhost": addr},
	})
}

func push(t testing.TB, c *registry.Client, content, target string) registry.Manifest {
	t.Helper()
	source, _ := layout(t, content)
	m, err := c.Push(t.Context(), source, target, registry.PushOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPushAndResolve(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	source, id := layout(t, "one")
	base := map[string]string{"org.opencontainers.image.base.name": "docker.io/library/debian:12"}
	pushed, err := c.Push(t.Context(), source, "localhost/acme/web:test", registry.PushOptions{Annotations: base})
	if err != nil {
		t.Fatal(err)
	}
	if pushed.ImageID != id || pushed.Repository != "localhost/acme/web" {
		t.Errorf("pushed %s in %s, want %s in localhost/acme/web", pushed.ImageID, pushed.Repository, id)
	}
	if diff := cmp.Diff(base, pushed.Annotations); diff != "" {
		t.Errorf("annotations (-want +got):\n%s", diff)
	}
	server.Reset()
	for _, ref := range []string{"localhost/acme/web:test", pushed.Reference()} {
		got, err := c.Resolve(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(pushed, got); diff != "" {
			t.Errorf("%s (-pushed +resolved):\n%s", ref, diff)
		}
	}
	if got := server.Requests(); len(got) != 2 {
		t.Errorf("two look-ups took %v, want one request each", got)
	}
	image, raw, err := c.Config(t.Context(), pushed)
	if err != nil || image.Config.Cmd[0] != "/one" || len(raw) == 0 {
		t.Errorf("Config = %+v, %v", image, err)
	}
}

func TestPushSendsLayersOnce(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	source, _ := layout(t, "same")
	first, err := c.Push(t.Context(), source, "localhost/acme/web:a", registry.PushOptions{})
	if err != nil {
		t.Fatal(err)
	}
	server.Reset()
	second, err := c.Push(t.Context(), source, "localhost/acme/web:b", registry.PushOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if n := server.Count(registrytest.Request.IsBlob, registrytest.Method(http.MethodPut)); n != 0 {
		t.Errorf("the second push uploaded %d blobs, want none", n)
	}
	if first.Digest != second.Digest {
		t.Errorf("digests %s and %s, want one", first.Digest, second.Digest)
	}
}

func TestPushLeavesTheTagWhenABlobFails(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	before := push(t, c, "old", "localhost/acme/web:test")
	server.Fail(func(r *http.Request) (int, bool) {
		if strings.Contains(r.URL.Path, "/blobs/uploads/") {
			return http.StatusForbidden, false
		}
		return 0, false
	})
	source, _ := layout(t, "new")
	_, err := c.Push(t.Context(), source, "localhost/acme/web:test", registry.PushOptions{})
	if !errors.Is(err, registry.ErrUnauthorized) {
		t.Errorf("error %v, want ErrUnauthorized", err)
	}
	server.Fail(nil)
	now, err := c.Resolve(t.Context(), "localhost/acme/web:test")
	if err != nil || now.Digest != before.Digest {
		t.Errorf("the tag names %s, %v, want still %s", now.Digest, err, before.Digest)
	}
}

func TestPushSurvivesFaults(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	var seen sync.Map
	server.Fail(func(r *http.Request) (int, bool) {
		if _, again := seen.LoadOrStore(r.Method, true); again || r.Method == http.MethodHead {
			return 0, false
		}
		return http.StatusServiceUnavailable, r.Method == http.MethodPut
	})
	push(t, c, "tough", "localhost/acme/web:test")
}

func TestPullIntoLayout(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	m := push(t, c, "pulled", "localhost/acme/web:test")
	var whole atomic.Int32
	id, err := c.Pull(t.Context(), m.Reference(), "oci:"+t.TempDir()+":it", registry.PullOptions{
		Platform: "linux/amd64",
		Progress: func(p registry.Progress) {
			if p.Done == p.Total {
				whole.Add(1)
			}
		},
	})
	if err != nil || id != m.ImageID {
		t.Errorf("Pull = %s, %v, want %s", id, err, m.ImageID)
	}
	if whole.Load() == 0 {
		t.Error("of no blob it was told that all of it is there")
	}
}

func TestTagMovesNoBlob(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	m := push(t, c, "tagged", "localhost/acme/web:test")
	server.Reset()
	if err := c.Tag(t.Context(), m, "latest"); err != nil {
		t.Fatal(err)
	}
	if n := server.Count(registrytest.Request.IsBlob); n != 0 {
		t.Errorf("tagging took %d requests about blobs, want none", n)
	}
	got, err := c.Resolve(t.Context(), "localhost/acme/web:latest")
	if err != nil || got.Digest != m.Digest {
		t.Errorf("latest is %s, %v, want %s", got.Digest, err, m.Digest)
	}
	tags, err := c.Tags(t.Context(), "localhost/acme/web")
	if diff := cmp.Diff([]string{"latest", "test"}, tags); diff != "" || err != nil {
		t.Errorf("tags, %v (-want +got):\n%s", err, diff)
	}
}

func TestUntagLeavesTheOtherTags(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	m := push(t, c, "untagged", "localhost/acme/web:test")
	if err := c.Tag(t.Context(), m, "latest"); err != nil {
		t.Fatal(err)
	}
	if err := c.Untag(t.Context(), "localhost/acme/web", "latest"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Resolve(t.Context(), "localhost/acme/web:latest"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("latest: %v, want ErrNotFound", err)
	}
	if _, err := c.Resolve(t.Context(), "localhost/acme/web:test"); err != nil {
		t.Errorf("test: %v, want it untouched", err)
	}
	server.Fail(func(r *http.Request) (int, bool) {
		if r.Method == http.MethodDelete {
			return http.StatusMethodNotAllowed, false
		}
		return 0, false
	})
	if err := c.Untag(t.Context(), "localhost/acme/web", "test"); !errors.Is(err, registry.ErrRefused) {
		t.Errorf("a registry without deletion: %v, want ErrRefused", err)
	}
}

func TestKindsOfErrors(t *testing.T) {
	server := registrytest.New(t)
	tests := []struct {
		status   int
		want     error
		requests int
	}{
		{http.StatusNotFound, registry.ErrNotFound, 1},
		{http.StatusUnauthorized, registry.ErrUnauthorized, 1},
		{http.StatusForbidden, registry.ErrUnauthorized, 1},
		{http.StatusBadRequest, registry.ErrRefused, 1},
		{http.StatusBadGateway, registry.ErrUnreachable, 2},
		{http.StatusTooManyRequests, registry.ErrUnreachable, 2},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			c := registry.New(registry.Options{Aliases: map[string]string{"localhost": server.Addr}, Retries: 1})
			server.Fail(func(*http.Request) (int, bool) { return tt.status, false })
			server.Reset()
			_, err := c.Resolve(t.Context(), "localhost/acme/web:test")
			if !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if n := len(server.Requests()); n != tt.requests {
				t.Errorf("asked %d times, want %d", n, tt.requests)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	c := registry.New(registry.Options{Aliases: map[string]string{"localhost": strings.TrimPrefix(server.URL, "http://")}, Retries: -1})
	if err := c.Ping(t.Context(), "localhost"); !errors.Is(err, registry.ErrUnreachable) {
		t.Errorf("Ping = %v, want ErrUnreachable", err)
	}
}

func TestLyingRegistry(t *testing.T) {
	const claimed = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.oci.image.index.v1+json")
		w.Header().Set("Docker-Content-Digest", claimed)
		_, _ = w.Write([]byte(`{}`))
	}))
	t.Cleanup(server.Close)
	c := client(t, strings.TrimPrefix(server.URL, "http://"))
	for _, ref := range []string{"localhost/acme/web:test", "localhost/acme/web@" + claimed} {
		_, err := c.Resolve(t.Context(), ref)
		want := "verifying " + ref + ": content does not match: the registry says " + claimed +
			", the bytes are sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
		if !errors.Is(err, registry.ErrMismatch) || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestPing(t *testing.T) {
	server := registrytest.New(t)
	if err := client(t, server.Addr).Ping(t.Context(), "localhost"); err != nil {
		t.Errorf("Ping = %v", err)
	}
}
