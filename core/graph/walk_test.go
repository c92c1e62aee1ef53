package graph_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slipway-build/slipway/core/graph"
)

func describe(out []graph.Outcome[string]) string {
	var words []string
	for _, o := range out {
		word := map[graph.State]string{graph.NotStarted: "idle", graph.Done: "ok", graph.Failed: "failed", graph.Blocked: "blocked:" + o.Cause}[o.State]
		words = append(words, o.Key+"="+word)
	}
	return strings.Join(words, " ")
}

func TestWalk(t *testing.T) {
	tests := []struct {
		name, edges, fail string
		limit             int
		want              string
	}{
		{"alone", "a", "", 1, "a=ok"},
		{"chain", "c<b b<a", "", 4, "a=ok b=ok c=ok"},
		{"diamond", "d<b,c b<a c<a", "", 0, "a=ok b=ok c=ok d=ok"},
		{"failure blocks what waits", "d<b,c b<a c<a e", "b", 4, "a=ok b=failed c=ok d=blocked:b e=ok"},
		{"block passes on", "c<b b<a", "a", 1, "a=failed b=blocked:a c=blocked:a"},
		{"the other parent goes on", "c<a,b", "a", 1, "a=failed b=ok c=blocked:a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				out, err := parse(tt.edges).Walk(t.Context(), graph.Bounds[string]{Total: tt.limit}, func(_ context.Context, k string) error {
					time.Sleep(time.Second)
					if k == tt.fail {
						return errors.New("boom")
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if got := describe(out); got != tt.want {
					t.Errorf("Walk(%s)\n got %s\nwant %s", tt.edges, got, tt.want)
				}
			})
		})
	}
}

// With a limit of 2, eleven one-second nodes take exactly six seconds of the
// fake clock, and start in order.
func TestWalkLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g graph.Graph[int]
		for i := range 11 {
			g.Add(i)
		}
		begin := time.Now()
		var mu sync.Mutex
		var running, peak int
		var started []int
		_, err := g.Walk(t.Context(), graph.Bounds[int]{Total: 2}, func(_ context.Context, k int) error {
			mu.Lock()
			running++
			peak = max(peak, running)
			started = append(started, k)
			mu.Unlock()
			time.Sleep(time.Second + time.Duration(k)*time.Nanosecond)
			mu.Lock()
			running--
			mu.Unlock()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin).Truncate(time.Second); took != 6*time.Second || peak != 2 {
			t.Errorf("took %v with %d at once, want 6s with 2", took, peak)
		}
		slices.Sort(started[:2]) // the first two start together
		if !slices.IsSorted(started) {
			t.Errorf("started in the order %v", started)
		}
	})
}

// A child starts when its own parents are done, not when the whole level is.
func TestWalkHasNoLevelBarrier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var childAt time.Duration
		_, err := parse("slow quick child<quick").Walk(t.Context(), graph.Bounds[string]{Total: 2}, func(_ context.Context, k string) error {
			switch k {
			case "slow":
				time.Sleep(time.Minute)
			case "quick":
				time.Sleep(time.Second)
			case "child":
				childAt = time.Since(begin)
			}
			return nil
		})
		if err != nil || childAt != time.Second {
			t.Errorf("child started after %v (%v), want 1s", childAt, err)
		}
	})
}

func TestWalkCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("interrupted")
		ended := false
		out, err := parse("c<b b<a d").Walk(ctx, graph.Bounds[string]{Total: 1}, func(_ context.Context, _ string) error {
			cancel(stop)
			time.Sleep(time.Second)
			ended = true
			return nil
		})
		if !errors.Is(err, stop) || !ended {
			t.Errorf("err = %v, running work ended: %v; want %v, true", err, ended, stop)
		}
		if got, want := describe(out), "a=ok b=idle c=idle d=idle"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestWalkCycle(t *testing.T) {
	called := false
	_, err := parse("a<b b<a").Walk(t.Context(), graph.Bounds[string]{Total: 1}, func(context.Context, string) error {
		called = true
		return nil
	})
	if got, want := fmt.Sprint(err), "dependency cycle: a -> b -> a"; got != want || called {
		t.Errorf("Walk: %s (called: %v), want %s", got, called, want)
	}
}

// A key whose pool is full lets later ones go before it, and starts as soon as
// there is room.
func TestPools(t *testing.T) {
	narrow := &graph.Pool{Size: 1}
	bounds := graph.Bounds[string]{Total: 2, Pools: func(k string) []*graph.Pool {
		if k == "a" || k == "b" || k == "c" {
			return []*graph.Pool{narrow}
		}
		return nil
	}}
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var started []string
		begun := time.Now()
		_, err := parse("a b c d e").Walk(t.Context(), bounds, func(_ context.Context, k string) error {
			mu.Lock()
			started = append(started, fmt.Sprint(k, " ", time.Since(begun)))
			mu.Unlock()
			time.Sleep(time.Second)
			return nil
		})
		slices.Sort(started)
		if want := []string{"a 0s", "b 1s", "c 2s", "d 0s", "e 1s"}; !slices.Equal(started, want) || err != nil {
			t.Errorf("started %q, want %q; %v", started, want, err)
		}
	})
}
