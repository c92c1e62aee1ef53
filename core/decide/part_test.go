package decide_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/registry"
)

// put is a part as it is after its push: built on base, which is an image of the
// inventory.
func put(t *testing.T, platform, digit string) decide.Part {
	t.Helper()
	p := decide.Part{
		Platform: platform, ImageID: "id of " + platform,
		Base: decide.Base{Image: "base", Reference: "localhost/base", Digest: "sha256:base", ImageID: "id of base for " + platform},
	}
	notes, err := p.Annotations()
	if err != nil {
		t.Fatal(err)
	}
	p.Manifest = &registry.Manifest{
		Repository: "registry.test/web", Digest: "sha256:" + strings.Repeat(digit, 64), MediaType: ocispec.MediaTypeImageManifest, Annotations: notes,
	}
	return p
}

// told is what an index tells of parts.
func told(parts []decide.Part) []decide.Part {
	var out []decide.Part
	for _, one := range parts {
		out = append(out, decide.Part{Platform: one.Platform, ImageID: one.ImageID, Base: one.Base})
	}
	return out
}

// What an index tells of its images is what was known of them when it was made,
// and nobody is asked for it.
func TestIndexTellsOfItsImages(t *testing.T) {
	web := on("web", "base")
	web.Platforms = []string{amd64, arm64}
	y := newShipyard(t, on("base"), web)
	y.models["base"].Platforms = web.Platforms
	d, _ := y.machine()
	image := d.Family.Node("web").Image
	p := decide.Product{Parts: []decide.Part{put(t, amd64, "1"), put(t, arm64, "2")}}
	index, err := p.Index(image.Repository)
	if err != nil {
		t.Fatal(err)
	}
	parts, whole := d.Whole(t.Context(), image, index)
	if diff := cmp.Diff(told(p.Parts), told(parts)); diff != "" || !whole || y.asked != nil {
		t.Errorf("whole: %t, asked %v (-want +got):\n%s", whole, y.asked, diff)
	}

	half, err := decide.Product{Parts: p.Parts[:1]}.Index(image.Repository)
	if err != nil {
		t.Fatal(err)
	}
	if parts, whole := d.Whole(t.Context(), image, half); whole || len(parts) != 1 {
		t.Errorf("of half an index: %v, %t", parts, whole)
	}

	// One that was not put by slipway tells no image IDs: the registry is asked.
	foreign := index
	foreign.Children = nil
	for _, c := range index.Children {
		c.Annotations = nil
		foreign.Children = append(foreign.Children, c)
	}
	if parts, whole := d.Whole(t.Context(), image, foreign); whole {
		t.Errorf("of an index of images that are not there: %v", parts)
	}
	for _, one := range p.Parts {
		y.registry[one.Manifest.Reference()] = registry.Manifest{Digest: one.Manifest.Digest, ImageID: one.ImageID, Annotations: one.Manifest.Annotations}
	}
	parts, whole = d.Whole(t.Context(), image, foreign)
	if diff := cmp.Diff(told(p.Parts), told(parts)); diff != "" || !whole {
		t.Errorf("asked for: whole: %t (-want +got):\n%s", whole, diff)
	}
}

func TestAnnotations(t *testing.T) {
	p := decide.Part{Base: decide.Base{Reference: "localhost/base", Digest: "sha256:0", ImageID: "sha256:1"}}
	want := map[string]string{
		"org.opencontainers.image.base.name": "localhost/base", "org.opencontainers.image.base.digest": "sha256:0", "build.slipway.base.id": "sha256:1",
	}
	got, err := p.Annotations()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if base := decide.BaseOf(registry.Manifest{Annotations: got}); base != p.Base {
		t.Errorf("they say that it stands on %+v", base)
	}
	p.Facts = &buildkey.Facts{Strategy: "one"}
	got, err = p.Annotations()
	if err != nil || got["build.slipway.facts"] == "" {
		t.Errorf("with facts: %v, %v", got, err)
	}
	delete(got, "build.slipway.facts")
	if !maps.Equal(got, want) {
		t.Errorf("with facts it stands on %v", got)
	}
}

func TestTags(t *testing.T) {
	for tag, want := range map[string]string{decide.KeyTag("0a"): "sw-0a", decide.LastTag("linux/arm/v7"): "sw-last-linux-arm-v7"} {
		if tag != want || !decide.OwnTag(tag) {
			t.Errorf("%s is a tag of slipway's: %t; want %s", tag, decide.OwnTag(tag), want)
		}
	}
	if decide.OwnTag("swan") {
		t.Error("swan is taken for a tag of slipway's")
	}
}
