package decide_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// on is a model that stands on images of the inventory, or on others when
// their names hold a slash.
func on(name string, parents ...string) *model {
	m := &model{Name: name, Strategy: "one", Platforms: []string{"linux/amd64"}}
	for _, p := range parents {
		if !strings.Contains(p, "/") {
			p = "localhost/" + p
		}
		m.Images = append(m.Images, strategy.ImageInput{Reference: p, Kind: strategy.Base, File: "Dockerfile", Line: 1, Column: 6})
	}
	return m
}

// diamond is a base, two images on it and one on both, beside one that stands
// alone on somebody else's.
func diamond(t *testing.T) *shipyard {
	y := newShipyard(t, on("base", external[0]), on("left", "base"), on("right", "base"), on("top", "left", "right"), on("alone", external[0]))
	y.outside[external[0]] = "sha256:first"
	return y
}

// fates are "name: fate, waits for …: why" of a plan.
func fates(t *testing.T, y *shipyard, chosen ...string) []string {
	t.Helper()
	d, images := y.machine()
	if chosen != nil {
		images = nil
		for _, name := range chosen {
			images = append(images, d.Family.Node(name).Image)
		}
	}
	decisions, err := d.Preview(t.Context(), images)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, decision := range decisions {
		out = append(out, strings.TrimRight(fmt.Sprintf("%s: %s %s", decision.Image, decision.Fate, decision.Because()), " "))
	}
	return out
}

func TestPreview(t *testing.T) {
	y := diamond(t)
	want := []string{
		"alone: build first build", "base: build first build", "left: maybe waits for base", "right: maybe waits for base", "top: maybe waits for left and 1 more",
	}
	if diff := cmp.Diff(want, fates(t, y)); diff != "" {
		t.Errorf("nothing built (-want +got):\n%s", diff)
	}
	y.run()
	y.asked = nil
	want = []string{"alone: reuse", "base: reuse", "left: reuse", "right: reuse", "top: reuse"}
	if diff := cmp.Diff(want, fates(t, y)); diff != "" {
		t.Errorf("everything built (-want +got):\n%s", diff)
	}
	if got, want := len(y.asked), 5+1; got != want {
		t.Errorf("%d requests for five images and one base: %v", got, y.asked)
	}
	y.write("left", "src/file", "other\n")
	want = []string{"alone: reuse", "base: reuse", "left: build first build", "right: reuse", "top: maybe waits for left"}
	if diff := cmp.Diff(want, fates(t, y)); diff != "" {
		t.Errorf("left changed (-want +got):\n%s", diff)
	}
}

// Early cutoff: a parent rebuilt to the same content leaves its children alone.
func TestEarlyCutoff(t *testing.T) {
	y := diamond(t)
	y.run()
	y.write("base", "Dockerfile", "# why\nFROM base\n")
	want := []string{"alone: reuse", "base: build first build", "left: maybe waits for base", "right: maybe waits for base", "top: maybe waits for left and 1 more"}
	if diff := cmp.Diff(want, fates(t, y)); diff != "" {
		t.Errorf("the plan (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"base linux/amd64"}, y.run()); diff != "" {
		t.Errorf("the run (-want +got):\n%s", diff)
	}
}

func TestVolatile(t *testing.T) {
	y := diamond(t)
	y.models["base"].Volatile = "ADD of a branch"
	y.models["right"].URL = "https://files.test/unversioned"
	y.run()
	want := []string{
		"alone: reuse", "base: build ADD of a branch", "left: maybe waits for base",
		"right: build https://files.test/unversioned has no version (ETag) to tell by whether it changed", "top: maybe waits for left and 1 more",
	}
	if diff := cmp.Diff(want, fates(t, y)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"base linux/amd64", "right linux/amd64"}, y.run()); diff != "" {
		t.Errorf("a volatile build was reused, or its children were built (-want +got):\n%s", diff)
	}
}

// A parent that is not selected is never built: the image of its current key
// stands for it.
func TestPreviewOfSome(t *testing.T) {
	y := diamond(t)
	y.run()
	y.write("top", "src/file", "other\n")
	if diff := cmp.Diff([]string{"top: build first build"}, fates(t, y, "top")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	y.write("left", "src/file", "other\n")
	d, _ := y.machine()
	_, err := d.Decide(t.Context(), d.Family.Node("top").Image)
	want := diag.List{
		diag.Errorf("parent-missing", diag.Pos{File: "left", Line: 1, Column: 1}, "left is not selected, and neither its current build nor registry.test/left:latest is there").
			WithFix("select it as well, for example with -l '+left'"),
	}
	if diff := cmp.Diff(want, diag.Of(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	y.registry["registry.test/left:latest"] = registry.Manifest{ImageID: "sha256:latest"}
	d, _ = y.machine()
	var warnings diag.List
	d.Warn = func(w diag.Diagnostic) { warnings.Add(w) }
	if decision, err := d.Decide(t.Context(), d.Family.Node("top").Image); err != nil || decision.Fate != plan.Build {
		t.Errorf("with a tag to stand in: %s, %v", decision.Fate, err)
	}
	warning := diag.List{diag.Warningf("parent-outdated", diag.Pos{File: "left", Line: 1, Column: 1}, "left is not selected and its current build is not there: registry.test/left:latest stands for it")}
	if diff := cmp.Diff(warning, warnings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A registry that does not say whether a build exists leaves the image and
// what stands on it undecided, and nothing else. Unknown is not unchanged.
func TestPreviewOfBrokenRegistry(t *testing.T) {
	kinds := []error{registry.ErrUnreachable, registry.ErrUnauthorized, registry.ErrMismatch, registry.ErrRefused, errors.New("gibberish")}
	for _, kind := range kinds {
		t.Run(kind.Error(), func(t *testing.T) {
			y := diamond(t)
			y.run()
			y.broken = func(ref string) error {
				if strings.HasPrefix(ref, "registry.test/left:") {
					return fmt.Errorf("looking up left: %w", kind)
				}
				return nil
			}
			d, images := y.machine()
			decisions, err := d.Preview(t.Context(), images)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, decision := range decisions {
				got = append(got, decision.Image+" "+string(decision.Fate))
				if _, ok := errors.AsType[*engine.UnreachableError](decision.Trouble); ok != (decision.Fate == plan.Blocked) {
					t.Errorf("%s is %s, and its trouble is %v", decision.Image, decision.Fate, decision.Trouble)
				}
			}
			fates := []string{"alone reuse", "base reuse", "left blocked", "right reuse", "top blocked"}
			if diff := cmp.Diff(fates, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			i := slices.IndexFunc(decisions, func(d decide.Decision) bool { return d.Image == "left" })
			want := "registry.test: " + registry.Reason(fmt.Errorf("looking up left: %w", kind))
			if errors.Is(kind, registry.ErrUnauthorized) {
				want += " (log in: slipway reads what podman, buildah, skopeo and docker login write)"
			}
			if got := decisions[i].Reasons[0].New; got != want {
				t.Errorf("the reason is %q, want %q", got, want)
			}
		})
	}
}

// A base that cannot be asked for blocks what stands on it; one that does not
// exist is a mistake.
func TestPreviewOfMissingBase(t *testing.T) {
	y := newShipyard(t, on("base", "quay.io/gone/away:1"), on("web", "base"))
	y.broken = func(string) error { return fmt.Errorf("looking up: %w", registry.ErrUnreachable) }
	want := []string{
		"base: blocked quay.io/gone/away:1 cannot be looked up: looking up: unreachable (see whether the name is right and this machine reaches the registry, then run again)",
		"web: blocked waits for base",
	}
	if diff := cmp.Diff(want, fates(t, y)); diff != "" {
		t.Errorf("unreachable (-want +got):\n%s", diff)
	}
	y.broken = nil
	d, images := y.machine()
	_, err := d.Preview(t.Context(), images)
	mistake := diag.List{
		diag.Errorf("base-unknown", diag.Pos{File: y.path("base", "Dockerfile"), Line: 1, Column: 6, End: 25}, "there is no image quay.io/gone/away:1").
			WithFix("see whether the name and the tag are right"),
	}
	if diff := cmp.Diff(mistake, diag.Of(err)); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}

// A registry that takes the question and never answers holds nobody up.
func TestPreviewOfSilentRegistry(t *testing.T) {
	y := newShipyard(t, on("web"))
	d, images := y.machine()
	d.Patience = time.Millisecond
	d.Registry = mute{y}
	decisions, err := d.Preview(t.Context(), images)
	if err != nil {
		t.Fatal(err)
	}
	want := "registry.test: no answer within 1ms"
	if got := decisions[0].Trouble; got == nil || got.Error() != want {
		t.Errorf("the trouble is %v, want %q", got, want)
	}
}

type mute struct{ *shipyard }

func (mute) Resolve(ctx context.Context, _ string) (registry.Manifest, error) {
	<-ctx.Done()
	return registry.Manifest{}, ctx.Err()
}

// Tags that image.yml names are looked at when the build is known.
func TestPreviewOfTags(t *testing.T) {
	y := newShipyard(t, on("web"))
	y.run()
	d, images := y.machine()
	images[0].Tags = []string{"stable"}
	decisions, err := d.Preview(t.Context(), images)
	if err != nil || decisions[0].Fate != plan.Retag {
		t.Fatalf("without the tag: %v, %v", decisions, err)
	}
	for _, m := range y.registry {
		y.registry["registry.test/web:stable"] = m
	}
	d, images = y.machine()
	images[0].Tags = []string{"stable"}
	if decisions, err = d.Preview(t.Context(), images); err != nil || decisions[0].Fate != plan.Reuse {
		t.Errorf("with the tag: %v, %v", decisions, err)
	}
}

// An image whose strategy broke is not decided, nor is what stands on it; all
// others are. The strategy was there, so that nothing is gained by waiting.
func TestBrokenStrategy(t *testing.T) {
	y := diamond(t)
	y.models["left"].Broken = "plugin one exited"
	want := []string{
		"alone: build first build", "base: build first build", "left: blocked cannot tell about strategy one: planning left: plugin one exited",
		"right: maybe waits for base", "top: blocked waits for left",
	}
	if diff := cmp.Diff(want, fates(t, y)); diff != "" {
		t.Error(diff)
	}
	d, _ := y.machine()
	decision, err := d.Decide(t.Context(), d.Family.Node("left").Image)
	if err != nil {
		t.Fatal(err)
	}
	_, away := errors.AsType[*engine.UnreachableError](decision.Trouble)
	if want := "planning left: plugin one exited"; away || fmt.Sprint(decision.Trouble) != want {
		t.Errorf("got %v, which can be reached: %t; want %s", decision.Trouble, !away, want)
	}
}
