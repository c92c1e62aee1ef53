package pluginhost_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// session returns a session whose nth process is in the nth mode, the last for
// all others, and how many were started.
func session(t *testing.T, modes ...string) (*pluginhost.Session, *atomic.Int32) {
	t.Helper()
	started, o := new(atomic.Int32), options(t)
	s := pluginhost.NewSession(func(ctx context.Context) (pluginhost.Plugin, error) {
		mode := modes[min(int(started.Add(1)), len(modes))-1]
		return pluginhost.Start(ctx, command(mode), o)
	})
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s, started
}

func TestSessionAsksAgain(t *testing.T) {
	s, started := session(t, "diesOfPlan", "good")
	if _, err := s.Plan(t.Context(), strategy.PlanRequest{}); err != nil {
		t.Error(err)
	}
	if _, err := s.Validate(t.Context(), strategy.ValidateRequest{}); err != nil {
		t.Error(err)
	}
	if n := started.Load(); n != 3 { // the second for the one question
		t.Errorf("%d processes were started, want 3", n)
	}
}

// A question of which every process dies spoils none that is asked meanwhile.
func TestSessionKeepsQuestionsApart(t *testing.T) {
	s, started := session(t, "meeting", "poisoned")
	good := make(chan error, 1)
	go func() {
		_, err := s.Plan(t.Context(), strategy.PlanRequest{Target: strategy.Target{Image: "good"}})
		good <- err
	}()
	_, err := s.Plan(t.Context(), strategy.PlanRequest{Target: strategy.Target{Image: "poison"}})
	if want := "plugin poisoned (pid N) exited with status 9"; pidless(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := <-good; err != nil {
		t.Errorf("the other question got %v", err)
	}
	if n := started.Load(); n != 3 {
		t.Errorf("%d processes were started, want 3", n)
	}
}

func TestSessionGivesUp(t *testing.T) {
	s, started := session(t, "diesOfPlan")
	_, err := s.Plan(t.Context(), strategy.PlanRequest{})
	if want := "plugin diesOfPlan (pid N) exited with status 9"; pidless(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if n := started.Load(); n != 2 {
		t.Errorf("%d processes were started, want 2", n)
	}
}

func TestSessionDoesNotBuild(t *testing.T) {
	s, started := session(t, "good")
	if err := s.Build(t.Context(), strategy.BuildRequest{}, nil); !errors.Is(err, strategy.ErrUnimplemented) || started.Load() != 0 {
		t.Errorf("got %v after %d starts", err, started.Load())
	}
}
