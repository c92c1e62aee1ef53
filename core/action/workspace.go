package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Workspaces makes the workspaces of images that have sources.
type Workspaces interface {
	Ground(ctx context.Context, dir string, layers []source.Layer) (source.Workspace, error)
	Whole(ctx context.Context, dir string, layers []source.Layer, images source.Images) (source.Workspace, error)
	Between(ctx context.Context, layers []source.Layer, reason buildkey.Reason) (commits int, known bool)
}

// ground is the workspace of an image as far as it is known before the build:
// its own folder when nothing is laid over that.
func (d *Decider) ground(ctx context.Context, image *inventory.Image) (source.Workspace, error) {
	if len(image.Layers) == 0 {
		return source.Workspace{Dir: image.Dir}, nil
	}
	return d.Workspaces.Ground(ctx, image.Dir, image.Layers)
}

// counted says how many commits lie between two states of a source, where that
// is known.
func (d *Decider) counted(ctx context.Context, image *inventory.Image, reasons []buildkey.Reason) []buildkey.Reason {
	out := slices.Clone(reasons)
	for i, r := range out {
		if r.Kind != "source" || len(image.Layers) == 0 {
			continue
		}
		if n, known := d.Workspaces.Between(ctx, image.Layers, r); known {
			out[i].New += " (" + count(n, "commit") + ")"
		}
	}
	return out
}

// workspace is the folder that a build sees. bases are in local storage.
func (b *Build) workspace(ctx context.Context, step engine.Step, bases []strategy.BaseImage) (source.Workspace, error) {
	image := step.Image
	if len(image.Layers) == 0 {
		return source.Workspace{Dir: image.Dir}, nil
	}
	return b.Decider.Workspaces.Whole(ctx, image.Dir, image.Layers, &supplies{build: b, image: image, bases: bases, log: step.Log})
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

// unreachableSource is a source that could not be asked, by its name.
func unreachableSource(err error) (name string, ok bool) {
	away, ok := errors.AsType[*source.UnreachableError](err)
	if !ok {
		return "", false
	}
	return strings.TrimSpace(away.Source), true
}
