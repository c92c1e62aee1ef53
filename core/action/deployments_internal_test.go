package action

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// A deployment that was only made ready is up before somebody looks from
// outside; who sends something does not need it.
func TestWhoLooksNeedsTheDeployment(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':')+1:]
	for _, tt := range []struct {
		what func(*Deployments) engine.Action
		args string
		ups  int
	}{
		{asks, "{url: 'URL'}", 1},
		{asks, "{url: 'URL', method: HEAD}", 1},
		{asks, "{url: 'URL', method: POST}", 0},
		{waits, "{port: PORT}", 1},
		{waits, "{path: /, timeout: 30s}", 0},
	} {
		ups, all := readied(nil)
		args, _ := document.Parse("p.yml", []byte(strings.NewReplacer("URL", server.URL, "PORT", port).Replace(tt.args)))
		for range 2 {
			if _, err := tt.what(all).Run(t.Context(), engine.Step{Args: args}); err != nil || *ups != tt.ups {
				t.Errorf("%s: brought up %d times, want %d: %v", tt.args, *ups, tt.ups, err)
			}
		}
	}
}

// What could not be brought up is told once: to whoever needed it first.
func TestDeploymentThatCannotBeBroughtUp(t *testing.T) {
	ups, all := readied(errors.New("no such service"))
	want := "bringing up the deployment of [web]: no such service"
	if err := all.rouse(t.Context()); fmt.Sprint(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := all.rouse(t.Context()); err != nil || *ups != 1 {
		t.Errorf("brought up %d times, %v", *ups, err)
	}
}

func asks(d *Deployments) engine.Action  { return &URI{Deployments: d} }
func waits(d *Deployments) engine.Action { return &WaitFor{Deployments: d} }

// readied are deployments of which one is ready to be brought up, and how often
// it was.
func readied(err error) (*int, *Deployments) {
	ups, all := new(int), new(Deployments)
	all.add(&Deployed{ids: map[string]string{"web": "sha256:1"}, up: func(context.Context) (world.Deployment, func(context.Context) error, error) {
		*ups++
		return nil, func(context.Context) error { return nil }, err
	}})
	return ups, all
}
