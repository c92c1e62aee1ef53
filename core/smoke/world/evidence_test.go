package world_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/smoke/world"
)

// A machine is a runtime, its one container and a deployment.
type machine struct {
	state   world.ContainerState
	log     string
	stopped int
}

func (m *machine) Run(context.Context, world.RunSpec) (world.Result, error) {
	return world.Result{Command: []string{"id"}, Stdout: []byte("185"), ExitCode: 1, Duration: time.Second}, nil
}

func (m *machine) Start(context.Context, world.RunSpec) (world.Container, error) { return m, nil }

func (m *machine) Dial(context.Context, int) (net.Conn, error) { return nil, errors.New("nobody") }

func (m *machine) Exec(context.Context, []string) (world.Result, error) {
	return world.Result{}, errors.New("nobody")
}

func (m *machine) Logs() []byte { return []byte(m.log) }

func (m *machine) State(context.Context) (world.ContainerState, error) { return m.state, nil }

func (m *machine) Stop(context.Context, time.Duration) error { m.stopped++; return nil }

type fleet struct{}

func (fleet) Dial(context.Context, string) (net.Conn, error) { return nil, errors.New("nobody") }

func (fleet) Services(context.Context) ([]world.ServiceState, error) {
	return []world.ServiceState{{Name: "web", Restarts: 1}, {Name: "web", Restarts: 2}}, nil
}

func (fleet) Logs(service string) ([]byte, error) { return []byte("of " + service), nil }

func TestEvidence(t *testing.T) {
	m := &machine{state: world.ContainerState{ImageID: "sha256:id", ExitCode: 3}, log: strings.Repeat("x", 20<<10) + "end"}
	w := world.New(world.Parts{Runtime: m, Deployment: fleet{}})
	if _, err := w.Run(t.Context(), world.RunSpec{Command: []string{"id"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Start(t.Context(), "db", world.RunSpec{}); err != nil {
		t.Fatal(err)
	}
	w.SetExchange(&world.Exchange{
		Method: "GET", URL: "http://:80/", Request: http.Header{"Authorization": {"Basic c2VjcmV0"}, "Accept": {"*/*"}},
		Status: 503, Response: http.Header{"Set-Cookie": {"id=1"}}, Body: []byte("down"), Duration: time.Second,
	})
	w.Attach(world.Attachment{Name: "a note", Body: []byte("n")})
	got := map[string]string{}
	for _, a := range w.Evidence(t.Context()) {
		got[a.Name] = string(a.Body)
	}
	log := got[`the container "db": log`]
	if len(log) > 17<<10 || !strings.HasPrefix(log, "… (the beginning is left out)\n") || !strings.HasSuffix(log, "xend") {
		t.Errorf("the log is not cut to its end: %d bytes", len(log))
	}
	delete(got, `the container "db": log`)
	want := map[string]string{
		"a note":                 "n",
		"the last command":       "$ id\nexit code 1 after 1s\n--- stdout\n185\n--- stderr\n\n",
		"the last HTTP exchange": "> GET http://:80/\n> Accept: */*\n> Authorization: (not shown)\n\n< 503 Service Unavailable after 1s\n< Set-Cookie: (not shown)\ndown\n",
		`the service "web": log`: "of web",
		"the deployment: services": "[\n  {\n    \"name\": \"web\",\n    \"image\": \"\",\n    \"imageID\": \"\",\n    \"running\": false,\n    \"healthy\": false,\n    \"restarts\": 1\n  },\n" +
			"  {\n    \"name\": \"web\",\n    \"image\": \"\",\n    \"imageID\": \"\",\n    \"running\": false,\n    \"healthy\": false,\n    \"restarts\": 2\n  }\n]",
		`the container "db": state`: "{\n  \"imageID\": \"sha256:id\",\n  \"running\": false,\n  \"exitCode\": 3,\n  \"started\": \"0001-01-01T00:00:00Z\"\n}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
	if err := w.Cleanup(t.Context()); err != nil || m.stopped != 1 {
		t.Errorf("stopped %d times, %v, want once", m.stopped, err)
	}
}

func TestWorldWithoutParts(t *testing.T) {
	w := world.New(world.Parts{})
	_, run := w.Run(t.Context(), world.RunSpec{})
	_, start := w.Start(t.Context(), "", world.RunSpec{})
	_, files := w.Files(t.Context())
	_, services := w.Services(t.Context(), "")
	_, dial := w.Dial(t.Context(), "", 80)
	got := []string{text(run), text(start), text(files), text(services), text(dial)}
	want := []string{
		"there is no container runtime to run the image with", "there is no container runtime to start the image with",
		"the files of the image cannot be read here", "there is no deployment under test",
		`the container was not started; say "Given a running container" first`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}
