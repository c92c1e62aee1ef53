package registry_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/go-digest"

	"github.com/slipway-build/slipway/core/registry"
)

// An index is the same whoever makes it, and tells what it was told.
func TestNewIndex(t *testing.T) {
	const image = "application/vnd.oci.image.manifest.v1+json"
	children := []registry.Child{
		{Digest: digest.FromString("arm64").String(), MediaType: image, Size: 5, Platform: "linux/arm64", Annotations: map[string]string{"id": "1"}},
		{Digest: digest.FromString("arm").String(), MediaType: image, Size: 3, Platform: "linux/arm/v7"},
		{Digest: digest.FromString("amd64").String(), MediaType: image, Size: 5, Platform: "linux/amd64"},
	}
	m, err := registry.NewIndex("r.test/web", children)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(children)
	again, err := registry.NewIndex("r.test/web", children)
	if err != nil || again.Digest != m.Digest || digest.FromBytes(m.Bytes).String() != m.Digest || !m.IsIndex() || m.ImageID != "" {
		t.Errorf("%+v, then %+v, %v", m, again, err)
	}
	if diff := cmp.Diff(children, m.Images()); diff != "" { // amd64, arm/v7, arm64
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := registry.Manifest{Repository: "r.test/web", Digest: children[2].Digest, MediaType: image, Size: 5, Annotations: map[string]string{"id": "1"}}
	if c, ok := m.Child("linux/arm64/v8"); !ok || !cmp.Equal(m.Of(c), want) {
		t.Errorf("arm64 is %+v, %t", m.Of(c), ok)
	}
	m.Children = append(m.Children, registry.Child{Platform: "unknown/unknown"}, registry.Child{})
	if n := len(m.Images()); n != 3 {
		t.Errorf("%d images, want 3: provenance is none", n)
	}
	if _, err := registry.NewIndex("r.test/web", []registry.Child{{Platform: "a/b/c/d"}}); err == nil {
		t.Error("a/b/c/d passed for a platform")
	}
}
