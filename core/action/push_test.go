package action_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
)

func (y *yard) push(image, tags string) (engine.Result, error) {
	return (&action.Push{Decider: y.decider, Registry: y.registry}).Run(y.t.Context(), y.step(image, "{tags: ["+tags+"]}"))
}

// A build that may come out differently takes the place of the older one under
// the tag of its key.
func TestPushOfVolatileBuild(t *testing.T) {
	y := newYard(t)
	y.volatile = "ADD of a branch"
	var digests []string
	for _, salt := range []string{"first", "second"} {
		y.salt = salt
		y.fresh()
		y.must("built")(y.build("base"))
		digests = append(digests, y.must("pushed")(y.push("base", "test")).Digest)
		product, _ := y.decider.Products.Get("base")
		m, err := y.registry.Resolve(t.Context(), y.inv.Image("base").Repository+":sw-"+product.Key)
		if err != nil || m.Digest != digests[len(digests)-1] {
			t.Errorf("after the %s build the key's tag names %s, %v; want %s", salt, m.Digest, err, digests)
		}
	}
	if digests[0] == digests[1] {
		t.Errorf("both builds were %s", digests[0])
	}
}

func TestPushTags(t *testing.T) {
	y := newYard(t)
	y.must("built")(y.build("base"))
	first := y.must("pushed")(y.push("base", "test"))
	y.must("tagged")(y.push("base", "test, latest"))
	if r := y.must("there")(y.push("base", "test, latest")); r.Changed {
		t.Error("nothing moved, and yet it changed")
	}
	for _, tag := range []string{"test", "latest"} {
		m, err := y.registry.Resolve(t.Context(), y.inv.Image("base").Repository+":"+tag)
		if err != nil || m.Digest != first.Digest {
			t.Errorf("%s is %s, %v", tag, m.Digest, err)
		}
	}
}

func TestPushNamesTheBase(t *testing.T) {
	y := newYard(t)
	y.must("built")(y.build("base"))
	base := y.must("pushed")(y.push("base", "test"))
	y.must("built")(y.build("web"))
	y.must("pushed")(y.push("web", "test"))
	m, err := y.registry.Resolve(t.Context(), y.inv.Image("web").Repository+":test")
	if err != nil {
		t.Fatal(err)
	}
	if m.Annotations["build.slipway.facts"] == "" {
		t.Error("the facts of the build are not with it")
	}
	delete(m.Annotations, "build.slipway.facts")
	parent, _ := y.decider.Products.Get("base")
	want := map[string]string{"build.slipway.base.id": parent.ImageID(), "org.opencontainers.image.base.name": y.server.Addr + "/acme/base", "org.opencontainers.image.base.digest": base.Digest}
	if diff := cmp.Diff(want, m.Annotations); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Another machine pushed the build meanwhile: its manifest counts.
func TestPushTakesWhatIsThere(t *testing.T) {
	y := newYard(t)
	y.must("built")(y.build("base"))
	mine, _ := y.decider.Products.Get("base")
	theirs, err := y.registry.Push(t.Context(), y.shelf.Storage().Reference(mine.ImageID()), y.inv.Image("base").Repository+":sw-"+mine.Key, registry.PushOptions{Annotations: map[string]string{"by": "another machine"}})
	if err != nil {
		t.Fatal(err)
	}
	if r := y.must("tagged")(y.push("base", "test")); r.Digest != theirs.Digest {
		t.Errorf("pushed %s, want %s", r.Digest, theirs.Digest)
	}
}

func TestPushNeedsARegistryAndABuild(t *testing.T) {
	y := newYard(t)
	if _, err := y.push("base", "test"); fmt.Sprint(err) != "base has not been built: first build; run `slipway build base` first" {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(filepath.Join(y.dir, "images.yml")); err != nil {
		t.Fatal(err)
	}
	inv, ds := inventory.Load(y.dir, inventory.Options{})
	if ds != nil {
		t.Fatal(ds)
	}
	y.inv = inv
	_, err := y.push("base", "test")
	if ds := diag.Of(err); len(ds) != 1 || ds[0].Pos.File != inv.Image("base").File || !strings.Contains(ds[0].Fix, "registry: embedded") {
		t.Errorf("got %v", err)
	}
}

// How far its layers are is told while they are on their way.
func TestPushTellsHowFar(t *testing.T) {
	y := newYard(t)
	y.must("built")(y.build("base"))
	step, told := y.step("base", "{tags: [test]}"), collected{}
	step.Events = &told
	y.must("pushed")((&action.Push{Decider: y.decider, Registry: y.registry}).Run(t.Context(), step))
	for _, e := range told {
		p, ok := e.(event.Progress)
		if !ok || p.Image != "base" || !strings.HasPrefix(p.Title, "layer sha256:") || p.Unit != "MiB" {
			t.Errorf("it told %+v", e)
		}
	}
	if len(told) == 0 {
		t.Error("it told nothing")
	}
}

// collected are the events of a step that emits them one after the other.
type collected []event.Event

func (c *collected) Emit(e event.Event) { *c = append(*c, e) }
