package dockerfile

import (
	"context"
	"path/filepath"

	"github.com/slipway-build/slipway/plugins/internal/build"
	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Build builds one image and leaves it in the host's storage.
func (Strategy) Build(ctx context.Context, req strategy.BuildRequest, events strategy.Events) error {
	done, err := buildImage(ctx, req, events)
	if err != nil {
		return err
	}
	return events.Send(done)
}

func buildImage(ctx context.Context, req strategy.BuildRequest, events strategy.Events) (strategy.Completed, error) {
	workspace := req.Dirs.Workspace
	r, problems, err := readRecipe(req.Config, workspace, dockerfile.Options{Args: req.Args, Platform: req.Target.Platform})
	if err != nil || r == nil {
		return strategy.Completed{Outcome: strategy.Failed, Diagnostics: problems}, err
	}
	done, err := build.Run(ctx, build.Spec{
		Request: req,
		File:    filepath.Join(workspace, r.config.File),
		Name:    r.config.File,
		Target:  r.config.Target,
		Context: filepath.Join(workspace, r.config.Context),
		Ignore:  ignorePath(workspace, r.ignore),
		OnBuild: r.config.OnBuild,
	}, events)
	done.Diagnostics = append(problems, done.Diagnostics...)
	return done, err
}

func ignorePath(workspace string, ignore dockerfile.Ignore) string {
	if ignore.Path == "" {
		return ""
	}
	return filepath.Join(workspace, ignore.Path)
}
