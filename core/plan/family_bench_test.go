package plan_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// BenchmarkRelate joins the answers of strategies into a family and fixes its
// order; the answers cost nothing here.
func BenchmarkRelate(b *testing.B) {
	for name, references := range map[string][][]string{
		"tree/images=1000":   tree(1000),
		"tree/images=10000":  tree(10_000),
		"ladder/images=201":  ladder(100),
		"ladder/images=2001": ladder(1000),
	} {
		b.Run(name, func(b *testing.B) { benchmarkRelate(b, references) })
	}
}

func benchmarkRelate(b *testing.B, references [][]string) {
	b.Helper()
	images := make([]*inventory.Image, len(references))
	answers := map[string]strategy.PlanResponse{}
	for i, refs := range references {
		images[i] = &inventory.Image{Name: imageName(i), Repository: "quay.io/acme/" + imageName(i), Platforms: []string{"linux/amd64"}}
		var answer strategy.PlanResponse
		for line, ref := range refs {
			answer.Images = append(answer.Images, strategy.ImageInput{Reference: ref, Kind: strategy.Base, File: "Dockerfile", Line: line + 1})
		}
		answers[images[i].Name] = answer
	}
	ask := func(_ context.Context, image *inventory.Image, _ string) (strategy.PlanResponse, error) {
		return answers[image.Name], nil
	}
	b.ReportAllocs()
	for b.Loop() {
		family, found, err := plan.Relate(b.Context(), images, ask)
		if err != nil || found.Err() != nil {
			b.Fatal(err, found)
		}
		if len(family.Order) != len(images) {
			b.Fatalf("%d images in order, want %d", len(family.Order), len(images))
		}
		top := len(images) - 1
		if n := len(family.Ancestors(imageName(top), -1)); n == 0 {
			b.Fatal("the last image stands on nothing")
		}
	}
}

// tree is n images, each of which stands on one that has ten children.
func tree(n int) [][]string {
	out := make([][]string, n)
	for i := 1; i < n; i++ {
		out[i] = []string{"localhost/" + imageName((i-1)/10)}
	}
	return out
}

// ladder is 2n+1 images: each rung is two images that stand on both of the
// rung below, so that the number of ways down doubles with every rung.
func ladder(n int) [][]string {
	out := make([][]string, 2*n+1)
	for i := 1; i <= 2*n; i++ {
		rung := (i - 1) / 2
		below := []int{2*rung - 1, 2 * rung}
		if rung == 0 {
			below = []int{0}
		}
		for _, k := range below {
			out[i] = append(out[i], "localhost/"+imageName(k))
		}
	}
	return out
}

func imageName(i int) string { return fmt.Sprintf("i%05d", i) }
