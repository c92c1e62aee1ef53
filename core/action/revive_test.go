package action_test

import (
	"testing"

	"github.com/slipway-build/slipway/core/action"
)

// A run that is resumed finds what it had built and pushed for every platform.
func TestRevivePlatforms(t *testing.T) {
	y := newYard(t)
	y.on("linux/amd64, linux/arm64", "base", "web")
	y.must("built")(y.build("base"))
	built := y.must("built")(y.build("web"))
	y.must("pushed")(y.push("base", "test"))
	pushed := y.must("pushed")(y.push("web", "test"))
	product, _ := y.decider.Products.Get("web")
	y.fresh()
	for _, image := range []string{"base", "web"} {
		y.must("reused")(y.build(image))
	}
	if err := (&action.Build{Decider: y.decider}).Revive(t.Context(), y.step("web", ""), built.Values); err != nil {
		t.Error(err)
	}
	if err := (&action.Push{Decider: y.decider, Registry: y.registry}).Revive(t.Context(), y.step("web", ""), pushed.Values); err != nil {
		t.Error(err)
	}
	again, _ := y.decider.Products.Get("web")
	if again.Manifest == nil || again.Manifest.Digest != product.Manifest.Digest || len(again.Parts) != 2 || again.Parts[1].ImageID != product.Parts[1].ImageID || again.Base().ImageID != product.Base().ImageID {
		t.Errorf("got  %+v\nwant %+v", again, product)
	}
}
