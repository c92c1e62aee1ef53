package decide

import (
	"context"
	"encoding/json"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/plan"
)

// last looks for a build to compare with when there is something to explain:
// here, else in the registry. Without one, or with one that cannot be read,
// there is nothing to compare with, and that decides nothing.
func (g *gathering) last(ctx context.Context) error {
	if g.known.Found != "" && g.known.Volatile == "" {
		return nil
	}
	image := g.node.Image
	b, ok, err := g.Memory.Last(image.Name, g.answer.Platform)
	if err != nil {
		return err
	}
	var facts buildkey.Facts
	if ok && json.Unmarshal(b.Facts, &facts) == nil {
		g.known.Last = &plan.LastBuild{Facts: facts, ImageID: b.ImageID}
		return nil
	}
	if !image.Local() && len(g.known.Trouble) == 0 {
		g.known.Last = g.recorded(ctx)
	}
	return ctx.Err()
}

// recorded returns the newest build that the registry knows, or nil.
func (g *gathering) recorded(ctx context.Context) *plan.LastBuild {
	m, err := g.Now(ctx, g.node.Image.Repository+":"+LastTag(g.answer.Platform))
	if err != nil {
		return nil
	}
	facts, err := unpackFacts(m.Annotations[annotationFacts])
	if err != nil {
		return nil
	}
	return &plan.LastBuild{Facts: facts, ImageID: m.ImageID}
}
