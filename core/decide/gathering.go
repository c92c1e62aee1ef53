package decide

import (
	"context"
	"errors"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A gathering is one platform of an image about which everything is found out.
type gathering struct {
	*Decider
	node   *plan.Node
	answer plan.Answer
	known  plan.Known
	bases  []strategy.BaseImage
	part   Part
}

// unknown keeps what could not be found out, unless the run is over.
func (g *gathering) unknown(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	g.known.Trouble = append(g.known.Trouble, plan.Trouble{What: what, Err: err})
	return nil
}

// mistaken reports whether err is for the user to mend, whatever answers.
func mistaken(err error) bool {
	_, away := errors.AsType[*engine.UnreachableError](err)
	return !away && diag.Of(err) != nil
}

// facts gathers everything but the images that goes into the key.
func (g *gathering) facts(ctx context.Context) error {
	facts, volatile, err := g.read(ctx, g.node.Image, g.answer, &g.versions)
	if t, ok := errors.AsType[*urlError](err); ok {
		return g.unknown(ctx, t.url, t.err)
	}
	if name, ok := unreachableSource(err); ok {
		return g.unknown(ctx, name, err)
	}
	if err != nil {
		return err
	}
	facts.Images = g.known.Facts.Images
	g.known.Facts, g.known.Volatile = facts, volatile
	if len(g.known.Open) == 0 && len(g.known.Trouble) == 0 {
		g.known.Key = buildkey.Compute(facts)
	}
	return nil
}
