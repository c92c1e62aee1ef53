package decide_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/sdk/platform"
)

func TestProductOfSeveralPlatforms(t *testing.T) {
	alone := decide.Part{Platform: "linux/s390x", ImageID: "sha256:1", Base: decide.Base{Reference: "docker.io/library/alpine:3"}}
	here := decide.Part{Platform: platform.Own(), ImageID: "sha256:2", Base: decide.Base{Image: "base", ImageID: "sha256:0"}}
	one, two := decide.Product{Parts: []decide.Part{alone}}, decide.Product{Parts: []decide.Part{alone, here}}

	if part, ok := one.Here(); !ok || part.Platform != alone.Platform {
		t.Errorf("of one platform this machine takes %+v, %t", part, ok)
	}
	if part, ok := two.Here(); !ok || part.Platform != here.Platform {
		t.Errorf("of two platforms this machine takes %+v, %t", part, ok)
	}
	if _, ok := (decide.Product{}).Here(); ok {
		t.Error("of none this machine takes one")
	}
	if got := two.Base(); got != here.Base {
		t.Errorf("it stands on %+v", got)
	}
	if got := one.Base(); got != (decide.Base{}) {
		t.Errorf("an image that stands on none of ours stands on %+v", got)
	}
	if diff := cmp.Diff([]string{"sha256:0"}, two.StandsOn("base")); diff != "" {
		t.Errorf("its parts stand on (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{alone.Platform: "sha256:1", here.Platform: "sha256:2"}, two.ImageIDs()); diff != "" {
		t.Errorf("image IDs (-want +got):\n%s", diff)
	}
	if one.ImageID() != "sha256:1" || two.ImageID() != "" || !two.Known() || (decide.Product{}).Known() {
		t.Errorf("%q, %q, %t", one.ImageID(), two.ImageID(), two.Known())
	}
}
