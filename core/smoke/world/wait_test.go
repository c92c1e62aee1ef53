package world_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/smoke/world"
)

func TestEventually(t *testing.T) {
	no := world.Mismatchf("it is cold")
	tests := []struct {
		name  string
		looks []error // what each look answers; the last stays
		want  string
		took  time.Duration
	}{
		{"at once", []error{nil}, "", 0},
		{"at the third look", []error{no, no, nil}, "", 2 * time.Second},
		{"never", []error{no}, "after 10s: it is cold", 10 * time.Second},
		{"final", []error{no, world.Finalf("it is dead")}, "it is dead", time.Second},
		{"cannot look", []error{no, errors.New("no route"), nil}, "no route", time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, n := time.Now(), 0
				w := world.New(world.Parts{Poll: time.Second})
				err := w.Eventually(t.Context(), 10*time.Second, func(context.Context) error {
					n++
					return tt.looks[min(n, len(tt.looks))-1]
				})
				if got := text(err); got != tt.want || time.Since(began) != tt.took {
					t.Errorf("%q after %s, want %q after %s", got, time.Since(began), tt.want, tt.took)
				}
			})
		})
	}
}

// A look that hangs is cut off at the end of the window, and that is what the
// image did, unless the scenario itself was interrupted.
func TestEventuallyCutsOff(t *testing.T) {
	hang := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.Parts{})
		err := w.Eventually(t.Context(), 10*time.Second, hang)
		if want := "no answer within 10s: context deadline exceeded"; text(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
		if _, ok := errors.AsType[world.Mismatch](err); !ok {
			t.Errorf("%T is no Mismatch", err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errors.New("interrupted")) })
		if err := w.Eventually(ctx, 10*time.Second, hang); text(err) != "interrupted" {
			t.Errorf("%v, want interrupted", err)
		}
	})
}

func TestThroughout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.Parts{Poll: time.Second})
		began, looks := time.Now(), 0
		if err := w.Throughout(t.Context(), 5*time.Second, func(context.Context) error { looks++; return nil }); err != nil {
			t.Error(err)
		}
		if looks != 6 || time.Since(began) != 5*time.Second {
			t.Errorf("%d looks in %s, want 6 in 5s", looks, time.Since(began))
		}
		err := w.Throughout(t.Context(), 5*time.Second, func(context.Context) error {
			if time.Since(began) > 7*time.Second {
				return world.Mismatchf("it fell")
			}
			return nil
		})
		if text(err) != "it fell" {
			t.Errorf("%v, want it fell", err)
		}
	})
}

func TestCleanup(t *testing.T) {
	w := world.New(world.Parts{})
	var order []string
	push := func(name string, err error) {
		if e := w.OnCleanup(t.Context(), name, func(context.Context) error { order = append(order, name); return err }); e != nil {
			t.Error(e)
		}
	}
	push("first", errors.New("busy"))
	push("second", nil)
	if err := w.OnCleanup(t.Context(), "third", func(context.Context) error { panic("a bug") }); err != nil {
		t.Error(err)
	}
	want := "cleaning up third: panic: a bug\ncleaning up first: busy"
	if err := w.Cleanup(t.Context()); text(err) != want {
		t.Errorf("Cleanup: %v, want %s", err, want)
	}
	late := w.OnCleanup(t.Context(), "late", func(context.Context) error { order = append(order, "late"); return nil })
	if text(late) != "the scenario is over" {
		t.Errorf("OnCleanup after the end: %v", late)
	}
	if diff := cmp.Diff([]string{"second", "first", "late"}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
