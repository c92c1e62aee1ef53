package plan_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// aFamily relates images written as "top<left,right left<base".
func aFamily(t *testing.T, edges string) *plan.Family {
	t.Helper()
	parents := map[string][]strategy.ImageInput{}
	var images []*inventory.Image
	for f := range strings.FieldsSeq(edges) {
		name, list, _ := strings.Cut(f, "<")
		images = append(images, &inventory.Image{Name: name, Repository: "r.test/" + name, Platforms: []string{"linux/amd64"}})
		for p := range strings.SplitSeq(list, ",") {
			if p != "" {
				parents[name] = append(parents[name], strategy.ImageInput{Reference: "localhost/" + p, Kind: strategy.Base})
			}
		}
	}
	family, found, err := plan.Relate(t.Context(), images, func(_ context.Context, image *inventory.Image, _ string) (strategy.PlanResponse, error) {
		return strategy.PlanResponse{Images: parents[image.Name]}, nil
	})
	if err != nil || found.Err() != nil {
		t.Fatal(err, found)
	}
	return family
}

func TestChain(t *testing.T) {
	family := aFamily(t, "base left<base right<base top<left,right over<top")
	waits := func(parents ...string) []buildkey.Reason {
		var out []buildkey.Reason
		for _, p := range parents {
			out = append(out, buildkey.Reason{Kind: "parent", What: p})
		}
		return out
	}
	image := func(name, old, now string) []buildkey.Reason {
		return []buildkey.Reason{{Kind: "image", What: "localhost/" + name + " (base)", Old: old, New: now}}
	}
	file := []buildkey.Reason{{Kind: "file", What: "motd", Old: "a", New: "b"}}
	tests := []struct {
		name      string
		decisions map[string][]buildkey.Reason
		want      string
	}{
		{"its own", map[string][]buildkey.Reason{"over": file}, "over:motd"},
		{"its own first", map[string][]buildkey.Reason{"over": append(waits("top"), file...), "top": file}, "over:top,motd"},
		{
			"shortest", map[string][]buildkey.Reason{
				"over": waits("top"), "top": waits("left", "right"), "left": waits("base"), "right": append(waits("base"), file...), "base": file,
			}, "over:top top:left,right right:base,motd",
		},
		{
			"far up",
			map[string][]buildkey.Reason{"over": waits("top"), "top": waits("left", "right"), "left": waits("base"), "right": waits("base"), "base": file},
			"over:top top:left,right left:base base:motd",
		},
		{
			"what has happened",
			map[string][]buildkey.Reason{"over": image("top", "t1", "t2"), "top": nil},
			"over:localhost/top (base) top:localhost/left (base) left:motd",
		},
		{"trail lost", map[string][]buildkey.Reason{"over": image("top", "t7", "t8")}, "over:localhost/top (base)"},
		{"somebody else's image", map[string][]buildkey.Reason{"over": {{Kind: "image", What: "alpine (base)", Old: "1", New: "2"}}}, "over:alpine (base)"},
	}
	past := map[string][]buildkey.Reason{"top t1 t2": image("left", "l1", "l2"), "left l1 l2": file}
	history := func(image, oldID, newID string) []buildkey.Reason {
		return past[fmt.Sprintf("%s %s %s", image, oldID, newID)]
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var decisions []plan.Decision
			for _, name := range family.Order {
				decisions = append(decisions, plan.Decision{Image: name, Reasons: tt.decisions[name]})
			}
			var got []string
			for _, link := range family.Chain("over", decisions, history) {
				var whats []string
				for _, r := range link.Reasons {
					whats = append(whats, r.What)
				}
				got = append(got, link.Image+":"+strings.Join(whats, ","))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
