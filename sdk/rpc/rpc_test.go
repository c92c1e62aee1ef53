package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// fake is a strategy made of functions.
type fake struct {
	strategy.Unimplemented
	plan  func(context.Context) (strategy.PlanResponse, error)
	build func(context.Context, strategy.Events) error
}

func (f fake) Plan(ctx context.Context, _ strategy.PlanRequest) (strategy.PlanResponse, error) {
	return f.plan(ctx)
}

func (f fake) Build(ctx context.Context, _ strategy.BuildRequest, e strategy.Events) error {
	return f.build(ctx, e)
}

// serve returns a client of s over real gRPC, in memory.
func serve(t *testing.T, s strategy.Strategy, o rpc.Options) (*rpc.Client, *rpc.Server) {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	g := grpc.NewServer()
	server := rpc.NewServer(s)
	server.Register(g)
	go g.Serve(listener)
	conn, err := grpc.NewClient("passthrough:memory", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return listener.Dial() }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); g.Stop() })
	return rpc.NewClient(conn, o), server
}

// recorded keeps events.
type recorded struct {
	list []strategy.Event
	at   func(strategy.Event)
}

func (r *recorded) Send(e strategy.Event) error {
	r.list = append(r.list, e)
	if r.at != nil {
		r.at(e)
	}
	return nil
}

// last is the only Completed, which must be the last event.
func (r *recorded) last(t *testing.T) strategy.Completed {
	t.Helper()
	for i, e := range r.list {
		if c, ok := e.(strategy.Completed); ok && i == len(r.list)-1 {
			return c
		}
	}
	t.Fatalf("no Completed at the end of %v", r.list)
	return strategy.Completed{}
}

var built = strategy.Completed{Outcome: strategy.OK, Image: &strategy.Image{Reference: "oci:/x", ID: "sha256:1"}}

func TestBuildEnds(t *testing.T) {
	type send = func(strategy.Event) error
	tests := map[string]struct {
		build func(send) error
		want  strategy.Completed
	}{
		"well":      {func(s send) error { return s(built) }, built},
		"not":       {func(send) error { return nil }, protocol("the build ended without saying how")},
		"twice":     {func(s send) error { _ = s(built); _ = s(built); return nil }, protocol("the build went on after it had completed as ok")},
		"and errs":  {func(s send) error { _ = s(built); return errors.New("oh") }, protocol("the build completed as ok and then returned an error: oh")},
		"as none":   {func(s send) error { return s(strategy.Completed{}) }, protocol("the build completed as none")},
		"imageless": {func(s send) error { return s(strategy.Completed{Outcome: strategy.Cached}) }, protocol("the build completed as cached without an image")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, _ := serve(t, fake{build: func(_ context.Context, e strategy.Events) error { return test.build(e.Send) }}, rpc.Options{})
			var got recorded
			if err := c.Build(t.Context(), strategy.BuildRequest{ID: "b"}, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.last(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func protocol(summary string) strategy.Completed {
	return strategy.Completed{Outcome: strategy.Failed, Diagnostics: diag.List{{
		Code: "plugin.protocol", Summary: summary, Fix: "report this to the author of the strategy",
	}}}
}

func TestBuildPanics(t *testing.T) {
	c, _ := serve(t, fake{build: func(context.Context, strategy.Events) error { panic("kaboom") }}, rpc.Options{})
	var got recorded
	if err := c.Build(t.Context(), strategy.BuildRequest{}, &got); err != nil {
		t.Fatal(err)
	}
	d := got.last(t).Diagnostics[0]
	if d.Code != "plugin.panic" || d.Summary != "the strategy panicked in Build: kaboom" || !strings.Contains(d.Detail, "TestBuildPanics") {
		t.Errorf("got %+v", d)
	}
}

func TestPlanFails(t *testing.T) {
	problem := diag.List{diag.Errorf("no-base", diag.Pos{File: "Dockerfile", Line: 3}, "no base").WithFix("add one")}
	tests := map[string]struct {
		plan func(context.Context) (strategy.PlanResponse, error)
		want string
	}{
		"with diagnostics": {func(context.Context) (strategy.PlanResponse, error) { return strategy.PlanResponse{}, problem }, problem.Error()},
		"otherwise": {func(context.Context) (strategy.PlanResponse, error) {
			return strategy.PlanResponse{}, errors.New("disk full")
		}, "disk full"},
		"by panic": {
			func(context.Context) (strategy.PlanResponse, error) { panic("kaboom") },
			"error[plugin.panic]: the strategy panicked in Plan: kaboom (report this to the author of the strategy)",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, _ := serve(t, fake{plan: test.plan}, rpc.Options{})
			_, err := c.Plan(t.Context(), strategy.PlanRequest{})
			if fmt.Sprint(err) != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestUnimplemented(t *testing.T) {
	c, _ := serve(t, strategy.Unimplemented{}, rpc.Options{})
	if _, err := c.Plan(t.Context(), strategy.PlanRequest{}); !errors.Is(err, strategy.ErrUnimplemented) {
		t.Errorf("Plan: %v", err)
	}
	if err := c.Build(t.Context(), strategy.BuildRequest{}, &recorded{}); !errors.Is(err, strategy.ErrUnimplemented) {
		t.Errorf("Build: %v", err)
	}
}

// stoppable builds until it is stopped, then cleans up and completes.
func stoppable(ctx context.Context, e strategy.Events) error {
	_ = e.Send(strategy.StepStarted{ID: "a"})
	<-ctx.Done()
	_ = e.Send(strategy.StepFinished{ID: "a", Detail: context.Cause(ctx).Error()})
	return e.Send(strategy.Completed{Outcome: strategy.Cancelled})
}

func TestBuildIsStopped(t *testing.T) {
	want := []strategy.Event{
		strategy.StepStarted{ID: "a"},
		strategy.StepFinished{ID: "a", Detail: strategy.ErrStopped.Error()},
		strategy.Completed{Outcome: strategy.Cancelled},
	}
	stops := map[string]func(*rpc.Client, *rpc.Server, func()){
		"by its context": func(_ *rpc.Client, _ *rpc.Server, cancel func()) { cancel() },
		"by Stop":        func(c *rpc.Client, _ *rpc.Server, _ func()) { _ = c.Stop(context.Background()) },
		"by the server":  func(_ *rpc.Client, s *rpc.Server, _ func()) { s.Stop() },
	}
	for name, stop := range stops {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c, s := serve(t, fake{build: stoppable}, rpc.Options{})
			got := &recorded{}
			got.at = func(e strategy.Event) {
				if _, ok := e.(strategy.StepStarted); ok {
					go stop(c, s, cancel)
				}
			}
			if err := c.Build(ctx, strategy.BuildRequest{ID: "b"}, got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.list); diff != "" {
				t.Error(diff)
			}
			if err := s.Wait(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A stop that overtakes its build is not lost.
func TestStopBeforeBuild(t *testing.T) {
	c, s := serve(t, fake{build: stoppable}, rpc.Options{})
	s.Stop()
	var got recorded
	if err := c.Build(t.Context(), strategy.BuildRequest{ID: "b"}, &got); err != nil {
		t.Fatal(err)
	}
	if o := got.last(t).Outcome; o != strategy.Cancelled {
		t.Errorf("completed as %s", o)
	}
}

func TestBuildIgnoresStop(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	deaf := fake{build: func(_ context.Context, e strategy.Events) error {
		_ = e.Send(strategy.StepStarted{ID: "a"})
		<-release
		return nil
	}}
	ctx, cancel := context.WithCancelCause(t.Context())
	c, _ := serve(t, deaf, rpc.Options{StopGrace: 10 * time.Millisecond})
	got := &recorded{at: func(strategy.Event) { cancel(errors.New("interrupted")) }}
	err := c.Build(ctx, strategy.BuildRequest{ID: "b"}, got)
	if want := "stopping the build (interrupted): it did not complete within 10ms"; fmt.Sprint(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
