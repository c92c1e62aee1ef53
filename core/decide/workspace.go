package decide

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/source"
)

// Workspaces are the workspaces of images that have sources, as far as they are
// known before a build.
type Workspaces interface {
	Ground(ctx context.Context, dir string, layers []source.Layer) (source.Workspace, error)
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
			out[i].New += " (" + commits(n) + ")"
		}
	}
	return out
}

func commits(n int) string {
	if n == 1 {
		return "1 commit"
	}
	return fmt.Sprintf("%d commits", n)
}

// unreachableSource is a source that could not be asked, by its name.
func unreachableSource(err error) (name string, ok bool) {
	away, ok := errors.AsType[*source.UnreachableError](err)
	if !ok {
		return "", false
	}
	return strings.TrimSpace(away.Source), true
}
