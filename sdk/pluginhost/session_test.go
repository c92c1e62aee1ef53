package pluginhost_test

import (
	"context"
	"errors"
	"testing"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// session returns a session whose nth process is in the nth mode, the last for
// all others, and how many were started.
func session(t *testing.T, modes ...string) (*pluginhost.Session, *int) {
	t.Helper()
	started, o := 0, options(t)
	s := pluginhost.NewSession(func(ctx context.Context) (pluginhost.Plugin, error) {
		mode := modes[min(started, len(modes)-1)]
		started++
		return pluginhost.Start(ctx, command(mode), o)
	})
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s, &started
}

func TestSessionAsksAgain(t *testing.T) {
	s, started := session(t, "diesOfPlan", "good")
	if _, err := s.Plan(t.Context(), strategy.PlanRequest{}); err != nil {
		t.Error(err)
	}
	if _, err := s.Validate(t.Context(), strategy.ValidateRequest{}); err != nil {
		t.Error(err)
	}
	if *started != 2 {
		t.Errorf("%d processes were started, want 2", *started)
	}
}

func TestSessionGivesUp(t *testing.T) {
	s, started := session(t, "diesOfPlan")
	_, err := s.Plan(t.Context(), strategy.PlanRequest{})
	if want := "plugin diesOfPlan (pid N) exited with status 9"; pidless(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if *started != 2 {
		t.Errorf("%d processes were started, want 2", *started)
	}
}

func TestSessionDoesNotBuild(t *testing.T) {
	s, started := session(t, "good")
	if err := s.Build(t.Context(), strategy.BuildRequest{}, nil); !errors.Is(err, strategy.ErrUnimplemented) || *started != 0 {
		t.Errorf("got %v after %d starts", err, *started)
	}
}
