package action

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Workspaces makes the workspaces of images that have sources, for a build.
type Workspaces interface {
	Whole(ctx context.Context, dir string, layers []source.Layer, images source.Images) (source.Workspace, error)
}

// workspace is the folder that a build sees. bases are in local storage.
func (b *Build) workspace(ctx context.Context, step engine.Step, bases []strategy.BaseImage) (source.Workspace, error) {
	image := step.Image
	if len(image.Layers) == 0 {
		return source.Workspace{Dir: image.Dir}, nil
	}
	return b.Workspaces.Whole(ctx, image.Dir, image.Layers, &supplies{build: b, image: image, bases: bases, log: step.Log})
}

// supplies are the images that one image's sources take files from.
type supplies struct {
	build *Build
	image *inventory.Image
	bases []strategy.BaseImage
	log   io.Writer
}

// ID implements [source.Images].
func (s *supplies) ID(reference string) string {
	i := slices.IndexFunc(s.bases, func(b strategy.BaseImage) bool { return b.Reference == reference && b.Platform == "" })
	if i < 0 {
		return ""
	}
	return s.bases[i].ImageID
}

// Mount implements [source.Images].
func (s *supplies) Mount(ctx context.Context, reference string) (root string, unmount func() error, err error) {
	return s.build.Store.Mount(ctx, s.ID(reference))
}

// Run implements [source.Images].
func (s *supplies) Run(ctx context.Context, run source.Run) error {
	spec := container.Spec{
		ImageID: s.ID(run.From), Name: s.image.Name + "-bundle", Command: run.Command, Stdout: s.log, Stderr: s.log,
		Mounts: []container.Mount{{Source: run.Out, Target: run.Path, CopyUp: true}},
	}
	for name, value := range run.Env {
		spec.Env = append(spec.Env, name+"="+value)
	}
	if run.Workspace != "" {
		spec.Mounts = append(spec.Mounts, container.Mount{Source: run.Laid, Target: run.Workspace, ReadOnly: true})
	}
	end, err := s.build.Runtime.Run(ctx, spec)
	if err != nil {
		return fmt.Errorf("running a container: %w", err)
	}
	return exitError(end)
}
