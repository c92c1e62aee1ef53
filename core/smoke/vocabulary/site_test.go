package vocabulary_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	imgspecv1 "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/smoke/world"
)

// A site is an image with files, and a machine that runs it: commands are real
// processes, requests go to real servers.
type site struct {
	subject    *world.Subject
	http, tls  *httptest.Server
	state      world.ContainerState
	log        string
	deployment *deployment
	specs      []world.RunSpec // what was run and started
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{
		subject: newSubject(t), log: "ready\nretry\nretry\n",
		state: world.ContainerState{
			ImageID: "sha256:id", Running: true, Health: world.Healthy,
			Processes: []world.Process{{PID: 1, UID: 185, Command: []string{"/usr/bin/tini", "app"}}, {PID: 7, UID: 185, Command: []string{"app"}}},
		},
	}
	s.http = httptest.NewServer(http.HandlerFunc(serve))
	t.Cleanup(s.http.Close)
	s.tls = httptest.NewUnstartedServer(http.HandlerFunc(serve))
	s.tls.Config.ErrorLog = quiet()
	s.tls.StartTLS()
	t.Cleanup(s.tls.Close)
	s.deployment = &deployment{site: s, services: []world.ServiceState{
		{Name: "db", ImageID: "sha256:db", Running: true, Healthy: true},
		{Name: "web", Image: "web", ImageID: "sha256:id", Running: true, Healthy: true},
	}}
	return s
}

func (s *site) world() *world.World {
	return world.New(world.Parts{Subject: s.subject, Runtime: s, Deployment: s.deployment, Poll: time.Millisecond})
}

// unpack makes the image's files.
func unpack(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for path, text := range map[string]string{
		"etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n", "etc/passwd": "root:x:0:0::/:/bin/sh\njboss:x:185:0::/:\n",
		"etc/app.json": `{"server": {"port": 8080, "tags": ["a"]}}`, "etc/motd": "Welcome\n", "usr/bin/run.sh": "#!/bin/sh\n", "opt/open": "", "opt/suid": "",
	} {
		full := filepath.Join(root, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	err := errors.Join(
		os.Symlink("run.sh", filepath.Join(root, "usr/bin/run")), os.Chmod(filepath.Join(root, "usr/bin/run.sh"), 0o755),
		os.Chmod(filepath.Join(root, "opt/open"), 0o666), os.MkdirAll(filepath.Join(root, "srv/app"), 0o775), os.Chmod(filepath.Join(root, "srv"), 0o775),
		os.Chmod(filepath.Join(root, "srv/app"), 0o775),
	)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func newSubject(t *testing.T) *world.Subject {
	t.Helper()
	root := sync.OnceValue(func() string { return unpack(t) })
	subject := &world.Subject{
		Image: "web", ImageID: "sha256:id", Layers: 3, Size: 1000, Platforms: []string{"linux/amd64", "linux/arm64"},
		RawConfig: []byte(`{"config":{"Healthcheck":{"Test":["CMD","true"]},"Labels":{"a.b":"c"}}}`),
		Root:      func(context.Context) (string, error) { return root(), nil },
	}
	subject.Config.Architecture = "amd64"
	subject.Config.Config = imgspecv1.ImageConfig{
		User: "185", ExposedPorts: map[string]struct{}{"8080/tcp": {}}, Volumes: map[string]struct{}{"/data": {}},
		Env: []string{"PATH=/usr/bin:/bin", "HOME=/srv"}, Entrypoint: []string{"/usr/bin/env"}, Cmd: []string{"app", "-v"},
		WorkingDir: "/srv", Labels: map[string]string{"vendor": "ACME", "version": "1.10"}, StopSignal: "SIGQUIT",
	}
	return subject
}

// serve is the application.
func serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/health":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"status": "UP", "id": 42}`)
	case "/old":
		http.Redirect(w, r, "/health", http.StatusFound)
	case "/echo":
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		fmt.Fprintf(w, "%s %s %s %s:%s %s", r.Method, r.Host, r.Header.Get("Content-Type"), user, password, body)
	default:
		http.NotFound(w, r)
	}
}

// Run runs the command on this machine.
func (s *site) Run(ctx context.Context, spec world.RunSpec) (world.Result, error) {
	s.specs = append(s.specs, spec)
	command := spec.Command
	if !spec.Bare {
		command = append(s.subject.Config.Config.Entrypoint, command...)
	}
	return host(ctx, command, spec.Env)
}

func host(ctx context.Context, command, env []string) (world.Result, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Env = &stdout, &stderr, append(os.Environ(), env...)
	started := time.Now()
	err := cmd.Run()
	result := world.Result{Command: command, Stdout: stdout.Bytes(), Stderr: stderr.Bytes(), Duration: time.Since(started)}
	if errors.Is(err, exec.ErrNotFound) {
		result.NotFound = true
		return result, nil
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		result.ExitCode = exit.ExitCode()
		return result, nil
	}
	return result, err
}

// Start makes the site itself the container.
func (s *site) Start(_ context.Context, spec world.RunSpec) (world.Container, error) {
	s.specs = append(s.specs, spec)
	return &container{site: s}, nil
}

type container struct{ site *site }

func (c *container) Dial(ctx context.Context, port int) (net.Conn, error) {
	address := map[int]string{8080: c.site.http.Listener.Addr().String(), 8443: c.site.tls.Listener.Addr().String()}[port]
	if address == "" {
		address = "127.0.0.1:1" // nothing listens there
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

func (c *container) Exec(ctx context.Context, command []string) (world.Result, error) {
	return host(ctx, command, nil)
}

func (c *container) Logs() []byte { return []byte(c.site.log) }

func (c *container) State(context.Context) (world.ContainerState, error) { return c.site.state, nil }

func (c *container) Stop(context.Context, time.Duration) error {
	c.site.state.Running = false
	return nil
}

type deployment struct {
	site     *site
	services []world.ServiceState
	asked    int
	change   func(d *deployment) // before each answer
}

func (d *deployment) Dial(ctx context.Context, address string) (net.Conn, error) {
	if !strings.HasSuffix(address, ":80") {
		return nil, fmt.Errorf("nothing listens on %s", address)
	}
	return (&container{site: d.site}).Dial(ctx, 8080)
}

func (d *deployment) Services(context.Context) ([]world.ServiceState, error) {
	if d.asked++; d.change != nil {
		d.change(d)
	}
	return append([]world.ServiceState(nil), d.services...), nil
}

func (d *deployment) Logs(service string) ([]byte, error) { return []byte(service + " listens"), nil }
