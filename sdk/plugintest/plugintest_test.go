package plugintest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk/strategy"
)

func TestGoodPlugin(t *testing.T) { Run(t, sample("good")) }

// Every check fails for a plugin that breaks its rule, and says how.
func TestBrokenPlugins(t *testing.T) {
	tests := []struct{ id, mode, want string }{
		{"P01", "byhand", "it ended with status 0; wanted another status"},
		{"P02", "chatty", `it printed ["starting up"]`},
		{"P04", "version", `version "1.0" is not semantic; wanted one such as 1.2.0`},
		{"P04", "schemaless", "Describe gives no schema of the config; wanted JSON Schema 2020-12"},
		{"P04", "fickle", "Describe answered "},
		{"P06", "picky", "plugin NAME: no such config"},
		{"P07", "lenient", `{"no_such_field":1} was accepted; wanted a diagnostic`},
		{"P07", "picky", "wanted a diagnostic: plugin NAME: no such config"},
		{"P08", "lenient", `["a list"] was accepted; wanted a diagnostic`},
		{"P09", "fragile", "plugin NAME (pid N) exited with status 7"},
		{"P11", "absolute", "equal workspaces gave "},
		{"P11", "outside", `input "../x" lies outside of the workspace`},
		{"P12", "workspace", `the workspace was changed: ["new"]`},
		{"P13", "openstep", `step "pack" was never finished`},
		{"P13", "uncompleted", "the build completed as failed: error[plugin.protocol]: the build ended without saying how (report this to the author of the strategy)"},
		{"P14", "tampered", "artifact image.tar has digest "},
		{"P15", "wrongid", "the image is sha256:"},
		{"P15", "elsewhere", "the result lies at /somewhere, outside of the output folder"},
		{"P16", "random", "equal inputs gave image sha256:"},
		{"P17", "secretevent", "the secret is in an event: strategy.StepStarted"},
		{"P17", "secretlog", "the secret is in what the plugin logged"},
		{"P17", "secretfile", "the secret is in the file token"},
		{"P18", "home", "it left .sample in its home; temporary files go to the scratch folder"},
		{"P18", "tmp", "it left left in TMPDIR; temporary files go to the scratch folder"},
		{"P18", "store", "it left .local in its home; temporary files go to the scratch folder"},
		{"P18", "state", "it left .slipway in its working directory; temporary files go to the scratch folder"},
		{"P20", "alone", "the build completed as failed: error: another build is under way"},
		{"P21", "unstoppable", "plugin NAME: stopping the build (stopped by the host): it did not complete within 2s"},
		{"P23", "unstoppable", "plugin NAME: stopping the build (the build has had its time): it did not complete within 2s"},
		{"P24", "decoding", `plugin NAME: the workspace holds a name that is no UTF-8: "caf\xe9.txt"`},
		{"P25", "reads", "files that it did not name as read were changed, and the plan was "},
		{"P22", "deaf", "it still runs 2s after the end of its standard input"},
		{"P22", "orphans", "processes that it started still run after its end"},
	}
	for _, test := range tests {
		t.Run(test.id+"/"+test.mode, func(t *testing.T) {
			t.Parallel()
			r := one(t, test.id).result(t.Context(), mustDefault(t, sample(test.mode)))
			if got := anonymous(r.Err); !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s %s\nwant %s", got, r.Skipped, test.want)
			}
		})
	}
}

func one(t *testing.T, id string) check {
	t.Helper()
	all := checks()
	i := slices.IndexFunc(all, func(c check) bool { return c.id == id })
	if i < 0 {
		t.Fatal("no check " + id)
	}
	return all[i]
}

func mustDefault(t *testing.T, o Options) Options {
	t.Helper()
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// anonymous is the text of err without what differs between machines.
func anonymous(err error) string {
	text := regexp.MustCompile(`plugin \S+?( \(pid \d+\))?(:| )`).ReplaceAllStringFunc(fmt.Sprint(err), func(s string) string {
		if strings.Contains(s, "pid") {
			return "plugin NAME (pid N) "
		}
		return "plugin NAME" + s[len(s)-1:]
	})
	return text
}

// A check that goes by the clock fails when it fails each time, and is made no
// more often than it takes to know.
func TestTimed(t *testing.T) {
	late, skipped := errors.New("too late"), skip("no config")
	tests := map[string]struct {
		results []error
		want    error
		calls   int
	}{
		"in time": {[]error{nil, late, late}, nil, 1},
		"once":    {[]error{late, late, nil}, nil, 3},
		"always":  {[]error{late, late, late}, late, 3},
		"skipped": {[]error{skipped, late, late}, skipped, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			calls := 0
			err := timed(func(context.Context, *trial) error { calls++; return test.results[calls-1] })(t.Context(), nil)
			if !errors.Is(err, test.want) || err != nil && test.want == nil || calls != test.calls {
				t.Errorf("got %v after %d calls, want %v after %d", err, calls, test.want, test.calls)
			}
		})
	}
}

func TestSkipped(t *testing.T) {
	o := mustDefault(t, sample("planless"))
	o.SlowConfig = ""
	got := map[string]string{}
	for _, id := range []string{"P16", "P21"} {
		r := one(t, id).result(t.Context(), o)
		got[id] = r.Skipped
		if r.Passed() || r.Err != nil {
			t.Errorf("%s: %+v", id, r)
		}
	}
	want := map[string]string{
		"P16": "the build is volatile: the strategy sample does not say what it depends on",
		"P21": "no config of a slow build was given",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckCannot(t *testing.T) {
	tests := map[string]Options{
		"checking a plugin: no command was given":   {},
		"checking a plugin: a config is no JSON: {": {Command: []string{"x"}, SlowConfig: "{"},
	}
	for want, o := range tests {
		if _, err := Check(t.Context(), o); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// When the caller gives up, every check fails, and soon.
func TestCheckInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	results, err := Check(ctx, sample("good"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Passed() {
			t.Errorf("%s passed", r.ID)
		}
	}
}

func TestHostInProcess(t *testing.T) {
	h := NewHost(t, map[string]string{"app.txt": "sample"})
	s := InProcess(t, definition("good"))
	plan, err := h.Plan(t.Context(), s, `{}`)
	if diff := cmp.Diff(strategy.PlanResponse{Inputs: []strategy.Input{{Path: "app.txt"}}}, plan); diff != "" || err != nil {
		t.Error(diff, err)
	}
	rec, err := h.Build(t.Context(), s, `{"lines":2}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := imageHolds(*rec.Completed().Image, h.Request.Dirs.Output); err != nil {
		t.Error(err)
	}
	if got, want := rec.Log("pack"), "line 0\nline 1\n"; got != want {
		t.Errorf("logged %q, want %q", got, want)
	}
	want := "started pack: Pack\npack| line 0\npack| line 1\nartifact image: image.tar\nfinished pack: ok\ncompleted: ok\n"
	if diff := cmp.Diff(want, rec.Transcript()); diff != "" {
		t.Error(diff)
	}
}
