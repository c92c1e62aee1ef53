package action

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// deaf is a registry that answers every question with one error.
type deaf struct{ err error }

func (d deaf) Resolve(_ context.Context, ref string) (registry.Manifest, error) {
	return registry.Manifest{}, fmt.Errorf("looking up %s: %w", ref, d.err)
}

// A parent that has no candidate stays behind; one of which nobody can say
// whether it has stops the promotion.
func TestLineageOfAParentWithoutCandidate(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want []string
		text string
	}{
		{"none", registry.ErrNotFound, []string{"web"}, ""},
		{"unreachable", registry.ErrUnreachable, nil, "looking up r/base:test: unreachable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &Promote{Decider: &decide.Decider{Family: family(t), Products: &decide.Products{}, Registry: deaf{tt.err}}}
			p.Decider.Products.Put("web", decide.Product{
				Manifest: &registry.Manifest{Repository: "r/web", Digest: "sha256:web"}, Parts: []decide.Part{{ImageID: "sha256:id", Base: decide.Base{Image: "base"}}},
			})
			members, err := p.lineage(t.Context(), p.Decider.Family.Node("web").Image, promoteArgs{From: "test"})
			var names []string
			for _, m := range members {
				names = append(names, m.Image)
			}
			if diff := cmp.Diff(tt.want, names); diff != "" {
				t.Error(diff)
			}
			var text string
			if unreachable, ok := errors.AsType[*engine.UnreachableError](err); ok {
				text = unreachable.Error()
			} else if err != nil {
				t.Error(err)
			}
			if text != tt.text {
				t.Errorf("%q, want %q", text, tt.text)
			}
		})
	}
}

// family is web, which stands on base.
func family(t *testing.T) *plan.Family {
	t.Helper()
	images := []*inventory.Image{{Name: "base", Repository: "r/base", Platforms: []string{"linux/amd64"}}, {Name: "web", Repository: "r/web", Platforms: []string{"linux/amd64"}}}
	f, ds, err := plan.Relate(t.Context(), images, func(_ context.Context, image *inventory.Image, _ string) (strategy.PlanResponse, error) {
		if image.Name == "base" {
			return strategy.PlanResponse{}, nil
		}
		return strategy.PlanResponse{Images: []strategy.ImageInput{{Reference: "r/base", Kind: strategy.Base}}}, nil
	})
	if problems := ds.Errors(); err != nil || problems != nil {
		t.Fatal(err, problems)
	}
	return f
}
