package dockerfile

import (
	"context"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Plan says which images and files a build depends on.
func (Strategy) Plan(_ context.Context, req strategy.PlanRequest) (strategy.PlanResponse, error) {
	r, problems, err := readRecipe(req.Config, req.Workspace, dockerfile.Options{Args: req.Args, Platform: req.Target.Platform, Later: req.Later})
	if err != nil || r == nil {
		return strategy.PlanResponse{Diagnostics: problems}, err
	}
	return strategy.PlanResponse{
		Diagnostics: problems,
		Images:      images(r.needs),
		Inputs:      r.counted(),
		Volatile:    r.inputs.Volatile,
		Reads:       r.reads(),
	}, nil
}

func images(needs *dockerfile.Build) []strategy.ImageInput {
	var out []strategy.ImageInput
	for _, image := range needs.Images {
		out = append(out, strategy.ImageInput{
			Reference: image.Reference,
			Kind:      image.Kind,
			File:      image.Pos.File,
			Line:      image.Pos.Line,
			Column:    image.Pos.Column,
			Platform:  image.Platform,
		})
	}
	return out
}
