package decide_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/bases"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

var pinnedDigest = "sha256:" + strings.Repeat("1", 64)

// pins is a lock of one outside image.
func pins() bases.Lock {
	var l bases.Lock
	l.Set(bases.Pin{Reference: external[0], Digest: pinnedDigest, Time: time.Unix(0, 0)})
	return l
}

// decideOne decides the only image of an inventory.
func decideOne(t *testing.T, y *shipyard, change func(*decide.Decider)) (decide.Decision, error) {
	t.Helper()
	d, images := y.machine()
	change(d)
	return d.Decide(t.Context(), images[0])
}

// A pin stands for its reference, whatever the tag names.
func TestPin(t *testing.T) {
	y := newShipyard(t, on("web", external[0]))
	y.outside[external[0]] = "sha256:moved"
	y.outside["docker.io/library/alpine@"+pinnedDigest] = pinnedDigest
	decision, err := decideOne(t, y, func(d *decide.Decider) { d.Bases.Pins, d.Bases.Locked = pins(), true })
	if err != nil {
		t.Fatal(err)
	}
	if got := decision.Rulings[0].Facts.Images[0].Identity; got != pinnedDigest {
		t.Errorf("the base is %s, want the pin", got)
	}
	if got, want := decision.Rulings[0].Bases[0].Reference, external[0]; got != want {
		t.Errorf("the strategy is told of %s, want the reference as written, %s", got, want)
	}
}

func TestPinMistakes(t *testing.T) {
	y := newShipyard(t, on("web", external[0]))
	y.outside[external[0]] = "sha256:moved"
	pos := diag.Pos{File: y.path("web", "Dockerfile"), Line: 1, Column: 6, End: 6 + len(external[0])}
	tests := map[string]struct {
		pins bases.Lock
		want diag.Diagnostic
	}{
		"not in the lock": {bases.Lock{}, diag.Errorf("base-unlocked", pos, "docker.io/library/alpine:3 is not in bases.lock, and --locked takes nothing else").
			WithFix("run slipway bases lock and commit bases.lock")},
		"gone": {pins(), diag.Errorf("base-unknown", pos, "docker.io/library/alpine:3 cannot be had as locked: %s: its registry no longer has the digest in bases.lock", pinnedDigest).
			WithFix("run slipway bases update docker.io/library/alpine:3")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := decideOne(t, y, func(d *decide.Decider) { d.Bases.Pins, d.Bases.Locked = tt.pins, true })
			if diff := cmp.Diff(diag.List{tt.want}, diag.Of(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A registry that has an index and not the image in it is at fault, not the
// user: the image stays undecided.
func TestIndexWithoutItsImage(t *testing.T) {
	y := newShipyard(t, on("web", external[0]))
	index := registry.Manifest{
		Repository: "docker.io/library/alpine", Digest: "sha256:index", MediaType: "application/vnd.oci.image.index.v1+json",
		Children: []registry.Child{{Digest: pinnedDigest, Platform: "linux/amd64"}},
	}
	y.registry[external[0]] = index
	decision, err := decideOne(t, y, func(*decide.Decider) {})
	if err != nil || decision.Fate != plan.Blocked || !strings.HasSuffix(decision.Because(), pinnedDigest+": its registry has the index that names this image, but not the image") {
		t.Errorf("%s: %s, %v", decision.Fate, decision.Because(), err)
	}
	y.registry["docker.io/library/alpine@"+pinnedDigest] = registry.Manifest{Digest: pinnedDigest, ImageID: "sha256:id"}
	decision, err = decideOne(t, y, func(*decide.Decider) {})
	if err != nil || decision.Fate != plan.Build || decision.Rulings[0].Facts.Images[0].Identity != pinnedDigest {
		t.Errorf("%v, %v", decision.Decision, err)
	}
	index.Children[0].Platform = "linux/arm64"
	y.registry[external[0]] = index
	decision, err = decideOne(t, y, func(*decide.Decider) {})
	if err != nil || decision.Fate != plan.Blocked || !strings.Contains(decision.Because(), "docker.io/library/alpine:3 has no image for linux/amd64") {
		t.Errorf("%s: %s, %v", decision.Fate, decision.Because(), err)
	}
}

// A reference that holds a digest is its own pin.
func TestDigestNeedsNoPin(t *testing.T) {
	ref := "quay.io/other/tool@" + pinnedDigest
	y := newShipyard(t, on("web", ref))
	y.outside[ref] = pinnedDigest
	if decision, err := decideOne(t, y, func(d *decide.Decider) { d.Bases.Locked = true }); err != nil || decision.Fate != plan.Build {
		t.Errorf("%s, %v", decision.Fate, err)
	}
}

// offline is a registry that is never asked.
type offline struct{ *shipyard }

func (offline) Resolve(_ context.Context, ref string) (registry.Manifest, error) {
	return registry.Manifest{}, fmt.Errorf("looking up %s: %w", ref, registry.ErrOffline)
}

// Offline, an outside base is what it was when it was seen last, and a remote
// file what it was at the last build; what was never seen cannot be decided.
func TestOffline(t *testing.T) {
	state := t.TempDir()
	l, err := ledger.Open(state)
	if err != nil {
		t.Fatal(err)
	}
	y := newShipyard(t, on("web", external[0]))
	for _, digest := range []string{"sha256:first", "sha256:second"} {
		y.outside[external[0]] = digest
		if _, err := decideOne(t, y, func(d *decide.Decider) { d.Bases.Seen = l.Sightings() }); err != nil {
			t.Fatal(err)
		}
	}
	away := func(d *decide.Decider) { d.Registry, d.Bases.Seen = offline{y}, ledger.RecallSightings(state) }
	decision, err := decideOne(t, y, away)
	if err != nil || decision.Fate != plan.Build || decision.Rulings[0].Facts.Images[0].Identity != "sha256:second" {
		t.Errorf("as seen last: %v, %v", decision.Decision, err)
	}
	if got, want := decision.Rulings[0].Bases[0].ImageID, "id of sha256:second"; got != want {
		t.Errorf("its image ID is %q, want %q", got, want)
	}
	decision, err = decideOne(t, y, func(d *decide.Decider) { away(d); d.Bases.Pins = pins() })
	if err != nil || decision.Fate != plan.Blocked {
		t.Errorf("a pin that was never seen: %v, %v", decision.Decision, err)
	}
	want := "docker.io/library/alpine:3 cannot be looked up: " +
		"nothing is asked offline, and no run here has looked it up before (build once without --offline)"
	if got := decision.Because(); got != want {
		t.Errorf("the reason is\n%s, want\n%s", got, want)
	}
}

func TestOfflineRemoteFile(t *testing.T) {
	m := on("web")
	m.URL = "https://files.test/archive"
	y := newShipyard(t, m)
	y.etags[m.URL] = `"first"`
	online, err := decideOne(t, y, func(*decide.Decider) {})
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	builds, err := l.Builds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	away := func(d *decide.Decider) {
		d.Registry, d.Memory = offline{y}, builds
		d.ETag = func(context.Context, string) (string, error) { return "", registry.ErrOffline }
	}
	if decision, err := decideOne(t, y, away); err != nil || decision.Fate != plan.Blocked {
		t.Errorf("never built: %v, %v", decision.Decision, err)
	}
	facts, err := json.Marshal(online.Rulings[0].Facts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = builds.Close() })
	if err := builds.Remember(t.Context(), ledger.Build{Key: string(online.Key), Image: "web", Platform: m.Platforms[0], ImageID: "sha256:1", Facts: facts}); err != nil {
		t.Fatal(err)
	}
	decision, err := decideOne(t, y, away)
	if err != nil || decision.Key != online.Key {
		t.Errorf("the key is %s, %v; want that of the last build, %s", decision.Key, err, online.Key)
	}
}
