package sdk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

type config struct {
	Message string `json:"message" default:"hello"`
}

type recorded []strategy.Event

func (r *recorded) Send(e strategy.Event) error { *r = append(*r, e); return nil }

// build runs one build of a definition with this Build function.
func build(ctx context.Context, t *testing.T, r strategy.BuildRequest, f func(context.Context, *sdk.Build[config]) error) []strategy.Event {
	t.Helper()
	var got recorded
	s := sdk.New(sdk.Definition[config]{Name: "test", Version: "1.0.0", Build: f})
	if err := s.Build(ctx, r, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

var image = strategy.Image{Reference: "oci:/x", ID: "sha256:1"}

func TestBuildEvents(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := strategy.BuildRequest{
		Config: json.RawMessage(`{"message":"hi"}`), Dirs: strategy.Dirs{Output: dir},
		Target: strategy.Target{Platform: "linux/amd64"},
	}
	got := build(t.Context(), t, r, func(ctx context.Context, b *sdk.Build[config]) (err error) {
		step := b.Step("s", "Say it")
		defer step.Done(&err)
		step.Logf("%s", b.Config.Message)
		fmt.Fprint(step.Stderr(), "oops")
		step.Progress(1, 2, "words")
		step.Cached()
		b.Warn(&sdk.Problem{Code: "w", Summary: "short", Path: "/message"})
		if err := step.Run(ctx, "sh", "-c", "echo out"); err != nil {
			return err
		}
		b.Result(image)
		return b.Artifact("file", "a.txt")
	})
	want := []strategy.Event{
		strategy.StepStarted{ID: "s", Title: "Say it"},
		strategy.Log{Step: "s", Data: []byte("hi\n")},
		strategy.Log{Step: "s", Stderr: true, Data: []byte("oops")},
		strategy.StepProgress{ID: "s", Current: 1, Total: 2, Unit: "words"},
		strategy.Diagnostic{Diagnostic: diag.Diagnostic{Severity: diag.Warning, Code: "w", Summary: "short", Path: "/message"}},
		strategy.Log{Step: "s", Data: []byte("out\n")},
		strategy.Artifact{
			Kind: "file", Path: "a.txt", Size: 3, Platform: "linux/amd64",
			Digest: "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		},
		strategy.StepFinished{ID: "s", Outcome: strategy.Cached},
		strategy.Completed{Outcome: strategy.OK, Image: &image},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBuildCompletes(t *testing.T) {
	stopped, stop := context.WithCancelCause(t.Context())
	stop(strategy.ErrStopped)
	fails := func(err error) func(context.Context, *sdk.Build[config]) error {
		return func(context.Context, *sdk.Build[config]) error { return err }
	}
	tests := map[string]struct {
		ctx    context.Context
		config string
		build  func(context.Context, *sdk.Build[config]) error
		want   strategy.Completed
	}{
		"cached": {t.Context(), "", func(_ context.Context, b *sdk.Build[config]) error { b.CachedResult(image); return nil }, strategy.Completed{Outcome: strategy.Cached, Image: &image}},
		"without result": {t.Context(), "", fails(nil), failed(diag.Diagnostic{
			Code: "plugin.result", Summary: "the build ended without a result", Fix: "call Result in the strategy's Build",
		})},
		"stopped":       {stopped, "", fails(errors.New("killed")), strategy.Completed{Outcome: strategy.Cancelled}},
		"with an error": {t.Context(), "", fails(errors.New("disk full")), failed(diag.Diagnostic{Summary: "disk full"})},
		"with problems": {
			t.Context(), "",
			fails(errors.Join(&sdk.Problem{Code: "a", Path: "/message", Summary: "bad", Detail: "Why.", Fix: "mend"}, fmt.Errorf("reading: %w", &sdk.Problem{Code: "b", Summary: "worse"}))),
			failed(
				diag.Diagnostic{Code: "a", Path: "/message", Summary: "bad", Detail: "Why.", Fix: "mend"},
				diag.Diagnostic{Code: "b", Summary: "reading: worse"},
			),
		},
		"with a bad config": {t.Context(), `{"mesage":"x"}`, fails(nil), failed(diag.Diagnostic{
			Code: "config.unknown", Path: "/mesage", Summary: `unknown field "mesage"`,
			Detail: "The fields are message.", Fix: `did you mean "message"?`,
		})},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := build(test.ctx, t, strategy.BuildRequest{Config: json.RawMessage(test.config)}, test.build)
			if diff := cmp.Diff([]strategy.Event{test.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func failed(ds ...diag.Diagnostic) strategy.Completed {
	return strategy.Completed{Outcome: strategy.Failed, Diagnostics: ds}
}

// A secret is masked wherever it is said, also when it comes in two pieces.
func TestSecretsAreMasked(t *testing.T) {
	r := strategy.BuildRequest{Secrets: map[string][]byte{"token": []byte("hunter2"), "pin": []byte("s")}}
	got := build(t.Context(), t, r, func(_ context.Context, b *sdk.Build[config]) (err error) {
		step := b.Step("s", "Log in")
		defer step.Done(&err)
		fmt.Fprint(step, "token=hun")
		fmt.Fprint(step, "ter2 hunt")
		return errors.New("hunter2 was refused")
	})
	want := []strategy.Event{
		strategy.StepStarted{ID: "s", Title: "Log in"},
		strategy.Log{Step: "s", Data: []byte("token=")},
		strategy.Log{Step: "s", Data: []byte("*** ")},
		strategy.Log{Step: "s", Data: []byte("hunt")},
		strategy.StepFinished{ID: "s", Outcome: strategy.Failed, Detail: "*** was refused"},
		failed(diag.Diagnostic{Summary: "*** was refused"}),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// So is what the config holds in a field that is tagged as a secret.
func TestConfigSecretsAreMasked(t *testing.T) {
	type login struct {
		Token string `json:"token" secret:"true"`
	}
	s := sdk.New(sdk.Definition[login]{Name: "test", Version: "1.0.0", Build: func(_ context.Context, b *sdk.Build[login]) error {
		return errors.New(b.Config.Token + " was refused")
	}})
	var got recorded
	if err := s.Build(t.Context(), strategy.BuildRequest{Config: json.RawMessage(`{"token":"hunter2"}`)}, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(recorded{failed(diag.Diagnostic{Summary: "*** was refused"})}, got); diff != "" {
		t.Error(diff)
	}
}

// A command of a step may be given what it needs before it runs.
func TestStepCommand(t *testing.T) {
	dir := t.TempDir()
	got := build(t.Context(), t, strategy.BuildRequest{}, func(ctx context.Context, b *sdk.Build[config]) (err error) {
		step := b.Step("s", "Say it")
		defer step.Done(&err)
		cmd := step.Command(ctx, "sh", "-c", "pwd; cat")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader("given\n")
		b.Result(image)
		return cmd.Run()
	})
	var said []byte
	for _, e := range got {
		if l, ok := e.(strategy.Log); ok {
			said = append(said, l.Data...)
		}
	}
	if want := dir + "\ngiven\n"; string(said) != want {
		t.Errorf("it said %q, want %q", said, want)
	}
}

func TestArtifactOutside(t *testing.T) {
	got := build(t.Context(), t, strategy.BuildRequest{Dirs: strategy.Dirs{Output: t.TempDir()}},
		func(_ context.Context, b *sdk.Build[config]) error { return b.Artifact("file", "../x") })
	want := []strategy.Event{failed(diag.Diagnostic{Summary: `declaring artifact "../x": the path must be inside of the output folder`})}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlan(t *testing.T) {
	definition := sdk.Definition[config]{Name: "test", Version: "1.0.0"}
	got, err := sdk.New(definition).Plan(t.Context(), strategy.PlanRequest{})
	want := strategy.PlanResponse{Volatile: "the strategy test does not say what it depends on"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	definition.Plan = func(_ context.Context, p *sdk.Plan[config]) error {
		p.Image(strategy.ImageInput{Reference: "base:1", Kind: strategy.Base})
		p.Input("src", "*.md")
		p.URL("https://example.com/x")
		p.Fingerprint("v2")
		p.Report(diag.Warningf("w", diag.Pos{File: "Dockerfile", Line: 1}, "odd"))
		return &sdk.Problem{Summary: "bad " + p.Config.Message}
	}
	got, err = sdk.New(definition).Plan(t.Context(), strategy.PlanRequest{})
	want = strategy.PlanResponse{
		Images:      []strategy.ImageInput{{Reference: "base:1", Kind: strategy.Base}},
		Inputs:      []strategy.Input{{Path: "src", Exclude: []string{"*.md"}}, {URL: "https://example.com/x"}},
		Fingerprint: "v2",
		Diagnostics: diag.List{
			diag.Warningf("w", diag.Pos{File: "Dockerfile", Line: 1}, "odd"),
			{Summary: "bad hello"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestValidateFillsIn(t *testing.T) {
	s := sdk.New(sdk.Definition[config]{
		Validate: func(_ context.Context, c *config) error { c.Message += "!"; return nil },
		Build:    func(_ context.Context, b *sdk.Build[config]) error { return errors.New(b.Config.Message) },
	})
	var got recorded
	if err := s.Build(t.Context(), strategy.BuildRequest{}, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(recorded{failed(diag.Diagnostic{Summary: "hello!"})}, got); diff != "" {
		t.Error(diff)
	}
}
