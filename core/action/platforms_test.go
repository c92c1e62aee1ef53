package action_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
)

// imageID is the annotation by which an index tells which image a manifest is of.
const imageID = "build.slipway.image.id"

// put writes a file of an image.
func (y *yard) put(image, file, text string) {
	y.t.Helper()
	if err := os.WriteFile(filepath.Join(y.dir, "images", image, file), []byte(text), 0o644); err != nil {
		y.t.Fatal(err)
	}
}

// on has images be built for platforms.
func (y *yard) on(platforms string, images ...string) {
	y.t.Helper()
	for _, image := range images {
		y.put(image, "image.yml", "platforms: ["+platforms+"]\n")
	}
	y.fresh()
}

// runner is another machine: nothing is stored or remembered there.
func (y *yard) runner() {
	y.t.Helper()
	y.memory.byID, y.shelf.layouts = map[string]ledger.Build{}, map[string]string{}
	y.fresh()
}

// both builds and pushes base and web, whatever that comes to, and returns what
// was built.
func (y *yard) both() []string {
	y.t.Helper()
	y.fresh()
	for _, image := range []string{"base", "web"} {
		_, err := y.build(image)
		_, err2 := y.push(image, "test")
		if err := errors.Join(err, err2); err != nil {
			y.t.Fatal(err)
		}
	}
	return y.built
}

// resolve reads a tag of an image.
func (y *yard) resolve(image, tag string) registry.Manifest {
	y.t.Helper()
	m, err := y.registry.Resolve(y.t.Context(), y.inv.Image(image).Repository+":"+tag)
	if err != nil {
		y.t.Fatal(err)
	}
	return m
}

// children are the images of an index: platform → image ID.
func children(m registry.Manifest) map[string]string {
	out := map[string]string{}
	for _, c := range m.Images() {
		out[c.Platform] = c.Annotations[imageID]
	}
	return out
}

func TestIndexOfPlatforms(t *testing.T) {
	y := newYard(t)
	y.on("linux/amd64, linux/arm64", "base", "web")
	if diff := cmp.Diff([]string{"base linux/amd64", "base linux/arm64", "web linux/amd64", "web linux/arm64"}, y.both()); diff != "" {
		t.Errorf("built (-want +got):\n%s", diff)
	}
	base, web := y.resolve("base", "test"), y.resolve("web", "test")
	product, _ := y.decider.Products.Get("web")
	if diff := cmp.Diff(product.ImageIDs(), children(web)); diff != "" || len(children(web)) != 2 {
		t.Errorf("the index names (-want +got):\n%s", diff)
	}
	for i, c := range web.Images() {
		parent := base.Images()[i]
		want := map[string]string{
			imageID: product.Parts[i].ImageID, "build.slipway.base.id": parent.Annotations[imageID],
			"org.opencontainers.image.base.name": y.server.Addr + "/acme/base", "org.opencontainers.image.base.digest": parent.Digest,
		}
		if diff := cmp.Diff(want, c.Annotations); diff != "" {
			t.Errorf("%s stands on (-want +got):\n%s", c.Platform, diff)
		}
		if m := y.resolve("web", "sw-"+product.Parts[i].Key); m.Digest != c.Digest || m.ImageID != c.Annotations[imageID] {
			t.Errorf("%s is %s under its key, %s in the index", c.Platform, m.Digest, c.Digest)
		}
	}
	if m := y.resolve("web", "sw-"+product.Key); m.Digest != web.Digest {
		t.Errorf("the key of the index names %s, want %s", m.Digest, web.Digest)
	}
}

// Another machine asks once whether all of an image is there, however many
// platforms it has.
func TestIndexIsAskedForOnce(t *testing.T) {
	y := newYard(t)
	y.on("linux/amd64, linux/arm64", "base", "web")
	y.both()
	y.runner()
	y.server.Reset()
	y.must("reused")(y.build("base"))
	y.must("reused")(y.build("web"))
	if n := len(y.server.Requests()); n != 2 {
		t.Errorf("asked %v", y.server.Requests())
	}
	y.must("there")(y.push("base", "test"))
	y.must("there")(y.push("web", "test"))
	if n := y.server.Count(); n > 4 || y.server.Count(registrytest.Request.IsBlob) != 0 {
		t.Errorf("asked %v", y.server.Requests())
	}
}

// A platform that is added is the only one that is built, wherever that is done,
// and one that was built when it was alone is found again.
func TestPlatformAdded(t *testing.T) {
	for name, forget := range map[string]func(*yard){"here": func(*yard) {}, "on another machine": (*yard).runner} {
		t.Run(name, func(t *testing.T) {
			y := newYard(t)
			y.on("linux/amd64", "base", "web")
			y.both()
			alone := y.resolve("web", "test")
			forget(y)
			y.on("linux/amd64, linux/arm64", "base", "web")
			if diff := cmp.Diff([]string{"base linux/arm64", "web linux/arm64"}, y.both()); diff != "" {
				t.Errorf("added (-want +got):\n%s", diff)
			}
			if c, ok := y.resolve("web", "test").Child("linux/amd64"); !ok || c.Digest != alone.Digest {
				t.Errorf("what was there became %+v, want %s", c, alone.Digest)
			}
			forget(y)
			y.on("linux/amd64", "base", "web")
			if built := y.both(); built != nil || y.resolve("web", "test").Digest != alone.Digest {
				t.Errorf("taken away: built %v, the tag names %s, want %s", built, y.resolve("web", "test").Digest, alone.Digest)
			}
		})
	}
}

// Without a registry this machine's memory does the same.
func TestPlatformAddedWithoutRegistry(t *testing.T) {
	y := newYard(t)
	if err := errors.Join(os.Remove(filepath.Join(y.dir, "images.yml")), os.RemoveAll(filepath.Join(y.dir, "images/web"))); err != nil {
		t.Fatal(err)
	}
	y.on("linux/amd64", "base")
	y.must("built")(y.build("base"))
	y.on("linux/amd64, linux/arm64", "base")
	r := y.must("built")(y.build("base"))
	if diff := cmp.Diff([]string{"base linux/arm64"}, y.built); diff != "" || r.Detail != "platform linux/arm64 is new" {
		t.Errorf("because %q (-want +got):\n%s", r.Detail, diff)
	}
	y.fresh()
	y.must("reused")(y.build("base"))
}

// A parent of which one platform changed has that platform of its children built.
func TestEarlyCutoffByPlatform(t *testing.T) {
	y := newYard(t)
	y.on("linux/amd64, linux/arm64", "base", "web")
	y.both()
	y.put("base", "arm64", "# another key, the same image\n")
	if diff := cmp.Diff([]string{"base linux/arm64"}, y.both()); diff != "" {
		t.Errorf("the same image (-want +got):\n%s", diff)
	}
	y.put("base", "arm64", "another image\n")
	if diff := cmp.Diff([]string{"base linux/arm64", "web linux/arm64"}, y.both()); diff != "" {
		t.Errorf("another image (-want +got):\n%s", diff)
	}
}

// What fails on one platform is not lost for the others.
func TestPlatformThatFails(t *testing.T) {
	y := newYard(t)
	y.on("linux/amd64, linux/arm64", "base")
	y.during = func() {
		if len(y.built) == 2 {
			y.put("base", "arm64", "edited\n")
		}
	}
	if _, err := y.build("base"); err == nil || err.Error() != "arm64 changed while building: build it again" {
		t.Fatalf("got %v", err)
	}
	y.during = nil
	y.fresh()
	y.must("built")(y.build("base"))
	if diff := cmp.Diff([]string{"base linux/arm64"}, y.built); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// One image for two platforms is of one of them at most, and is not remembered.
func TestOneImageForTwoPlatforms(t *testing.T) {
	y := newYard(t)
	y.on("linux/amd64, linux/arm64", "base")
	y.blind = true
	for range 2 {
		_, err := y.build("base")
		want := filepath.Join(y.dir, "images/base/image.yml") + ":1:12: error[same-image]: base comes out as one and the same image for linux/amd64 and for linux/arm64 " +
			"(look whether the last FROM names a platform, or the strategy dockerfile does not heed the one it is asked for)"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		y.fresh()
	}
}

// An index that does not name every platform is not whole: what there is of it is
// found by its own key, and the index is put again.
func TestIndexThatIsNotWhole(t *testing.T) {
	y := newYard(t)
	y.on("linux/amd64, linux/arm64", "base")
	y.must("built")(y.build("base"))
	whole := y.must("pushed")(y.push("base", "test"))
	product, _ := y.decider.Products.Get("base")
	half, err := registry.NewIndex(y.inv.Image("base").Repository, product.Manifest.Images()[:1])
	if err := errors.Join(err, y.registry.Tag(t.Context(), half, "sw-"+product.Key)); err != nil {
		t.Fatal(err)
	}
	y.runner()
	y.must("reused")(y.build("base"))
	if r := y.must("pushed")(y.push("base", "test")); r.Digest != whole.Digest {
		t.Errorf("pushed %s, want %s", r.Digest, whole.Digest)
	}
}

// An index that lies about an image is found out when the image is used.
func TestIndexThatLies(t *testing.T) {
	y := newYard(t)
	y.on("linux/amd64, linux/arm64", "base", "web")
	y.must("built")(y.build("base"))
	y.must("pushed")(y.push("base", "test"))
	product, _ := y.decider.Products.Get("base")
	images := product.Manifest.Images()
	images[0].Annotations[imageID], images[1].Annotations[imageID] = images[1].Annotations[imageID], images[0].Annotations[imageID]
	lie, err := registry.NewIndex(y.inv.Image("base").Repository, images)
	if err := errors.Join(err, y.registry.Tag(t.Context(), lie, "sw-"+product.Key)); err != nil {
		t.Fatal(err)
	}
	y.runner()
	y.must("reused")(y.build("base"))
	_, err = y.build("web")
	from := y.inv.Image("base").Repository + "@" + images[0].Digest
	if want := "pulling " + from + ": it came as image " + product.Parts[0].ImageID + ", wanted " + product.Parts[1].ImageID; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A plan says of each platform what becomes of it, and of a tag that names fewer
// of them that it has to move.
func TestPreviewOfPlatforms(t *testing.T) {
	y := newYard(t)
	y.on("linux/amd64", "base", "web")
	y.both()
	y.put("base", "image.yml", "platforms: [linux/amd64, linux/arm64]\n")
	y.put("web", "image.yml", "platforms: [linux/amd64]\ntags: [test]\n")
	y.runner()
	preview := func() []string {
		decisions, err := y.decider.Preview(t.Context(), y.inv.Images)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range decisions {
			out = append(out, d.Image+": "+string(d.Fate)+" "+d.Because())
			for _, r := range d.Platforms {
				out = append(out, "  "+r.Platform+": "+string(r.Fate))
			}
		}
		return out
	}
	want := []string{"base: build platform linux/arm64 is new", "  linux/amd64: reuse", "  linux/arm64: build", "web: reuse "}
	if diff := cmp.Diff(want, preview()); diff != "" {
		t.Errorf("a parent's platform that nobody needs (-want +got):\n%s", diff)
	}
	y.put("web", "image.yml", "platforms: [linux/amd64, linux/arm64]\ntags: [test]\n")
	y.runner()
	want = append(want[:3], "web: maybe waits for base", "  linux/amd64: reuse", "  linux/arm64: maybe")
	if diff := cmp.Diff(want, preview()); diff != "" {
		t.Errorf("one that somebody needs (-want +got):\n%s", diff)
	}
	y.both()
	y.put("web", "image.yml", "platforms: [linux/amd64]\ntags: [test]\n")
	y.runner()
	got := preview()
	if i := slices.IndexFunc(got, func(s string) bool { return strings.HasPrefix(s, "web:") }); got[i] != "web: retag tag test names something else" {
		t.Errorf("a tag that names too much: %s", got)
	}
}

// What stands for a parent that is not selected is there for the platform.
func TestParentThatLacksAPlatform(t *testing.T) {
	y := newYard(t)
	y.on("linux/amd64", "base", "web")
	y.must("built")(y.build("base"))
	y.must("pushed")(y.push("base", "latest"))
	y.on("linux/amd64, linux/arm64", "base", "web")
	_, err := y.build("web")
	want := filepath.Join(y.dir, "images/base/Dockerfile") + ": error[parent-missing]: base is not selected, and " + y.inv.Image("base").Repository +
		":latest has no image for linux/arm64 (select it as well, for example with -l '+base')"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if d, err := y.decider.Decide(t.Context(), y.inv.Image("base")); err != nil || d.Fate != plan.Build || d.Rulings[0].Fate != plan.Reuse {
		t.Errorf("%+v, %v", d.Decision, err)
	}
}
