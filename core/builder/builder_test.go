package builder_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func section(t *testing.T, src string) document.Node {
	t.Helper()
	n, ds := document.Parse("slipway.yml", []byte(src))
	if ds != nil {
		t.Fatal(ds)
	}
	return n
}

func TestRead(t *testing.T) {
	all, ds := builder.Read(section(t, `{heavy: {isolation: oci, forks: 2, timeout: 2h, resources: {memory: 2Gi, cpus: 500m}}, plain: {}}`))
	if ds != nil {
		t.Fatal(ds)
	}
	if diff := cmp.Diff([]string{"chroot", "heavy", "oci", "plain"}, all.Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for name, want := range map[string]builder.Builder{
		"heavy":  {Name: "heavy", Isolation: "oci", Timeout: 2 * time.Hour, Resources: builder.Resources{Memory: 2 << 30, CPUs: 500}},
		"plain":  {Name: "plain", Isolation: "chroot"},
		"chroot": {Name: "chroot", Isolation: "chroot"},
		"oci":    {Name: "oci", Isolation: "oci"},
	} {
		got, ok := all.Get(name)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if want := name == "heavy" || name == "oci"; got.NeedsRuntime() != want {
			t.Errorf("%s needs a runtime: %v, want %v", name, got.NeedsRuntime(), want)
		}
	}
	if none, ds := builder.Read(document.Node{}); ds != nil || len(none.Names()) != 2 {
		t.Errorf("of nothing: %v, %v", none.Names(), ds)
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct{ src, want string }{
		{`[a]`, `slipway.yml:1:1: error[wrong-type]: want builders by name, found a list (write builders: { heavy: { isolation: oci } })`},
		{`{oci: {}}`, `slipway.yml:1:2: error[bad-builder]: the builder "oci" is always there, and is what it is (give yours another name)`},
		{`{a: {isolation: jail}}`, `slipway.yml:1:17: error[bad-value]: isolation cannot be "jail" (it is one of chroot, oci)`},
		{`{a b: {}}`, `slipway.yml:1:2: error[bad-builder]: "a b" cannot be the name of a builder (use letters, digits, '-' and '_')`},
		{`{a: {isolaton: oci}}`, `slipway.yml:1:6: error[unknown-key]: unknown key "isolaton" (did you mean "isolation"?)`},
		{`{a: {forks: -1}}`, `slipway.yml:1:13: error[wrong-type]: want a whole number from 0, found the number -1`},
		{`{a: {timeout: soon}}`, `slipway.yml:1:15: error[wrong-type]: want a duration such as "90s" or "10m", or a number of seconds, found the text "soon"`},
		{`{a: {isolation: oci, resources: {memory: 2 bottles}}}`, `slipway.yml:1:42: error[wrong-type]: want a size such as 512MiB or 2GB, found the text "2 bottles"`},
		{`{a: {resources: {cpus: 1}}}`, `slipway.yml:1:17: error[no-resources]: chroot isolation holds a build to no bounds (say isolation: oci, which needs runc, or take resources out)`},
	}
	for _, tt := range tests {
		_, ds := builder.Read(section(t, tt.src))
		text := ""
		if ds != nil {
			text = ds.Error()
		}
		if diff := cmp.Diff(tt.want, text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.src, diff)
		}
	}
}

// A builder takes as many as it has room for; who waits gives up with his run.
func TestTake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, _ := builder.Read(section(t, `{small: {forks: 1}}`))
		_, free, err := all.Take(t.Context(), "small")
		if err != nil {
			t.Fatal(err)
		}
		gone := errors.New("the run is over")
		ctx, stop := context.WithTimeoutCause(t.Context(), time.Second, gone)
		defer stop()
		if _, _, err := all.Take(ctx, "small"); !errors.Is(err, gone) || err.Error() != "waiting for room on builder small: the run is over" {
			t.Errorf("without room: %v", err)
		}
		entered := false
		go func() {
			_, free, err := all.Take(t.Context(), "small")
			if err == nil {
				entered = true
				free()
			}
		}()
		synctest.Wait()
		if entered {
			t.Error("there was room for two")
		}
		free()
		synctest.Wait()
		if !entered {
			t.Error("the room was not given back")
		}
		for range 9 {
			if _, _, err := all.Take(t.Context(), "chroot"); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := all.Take(t.Context(), "none"); err == nil || err.Error() != `there is no builder "none"` {
			t.Errorf("of none: %v", err)
		}
	})
}

func TestResources(t *testing.T) {
	own, place := builder.Resources{Memory: 1 << 30}, builder.Resources{Memory: 2 << 30, CPUs: 1000}
	for _, tt := range []struct {
		r    builder.Resources
		want string
	}{
		{own, "1GiB of memory"},
		{place, "2GiB of memory, 1 processor"},
		{own.Or(place), "1GiB of memory, 1 processor"},
		{builder.Resources{CPUs: 1500}, "1.5 processors"},
		{builder.Resources{}, ""},
	} {
		if got := tt.r.String(); got != tt.want || tt.r.Bounded() != (tt.want != "") {
			t.Errorf("%+v is %q, bounded %v; want %q", tt.r, got, tt.r.Bounded(), tt.want)
		}
	}
	if got, want := own.Or(place).Request(), (strategy.Resources{Memory: 1 << 30, MilliCPUs: 1000}); got != want {
		t.Errorf("strategies are told %+v, want %+v", got, want)
	}
}
