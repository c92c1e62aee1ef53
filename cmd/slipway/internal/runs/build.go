package runs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// buildDirs makes the folders of one build, below the run's own. The cache
// stays; its place does not depend on the run.
func (y *yard) buildDirs(image string) (strategy.Dirs, func(), error) {
	cache, err := y.app.Cache(app.Strategies)
	if err != nil {
		return strategy.Dirs{}, nil, err
	}
	at := filepath.Join(workDir(y.journal.Dir()), image)
	d := strategy.Dirs{Output: filepath.Join(at, "output"), Scratch: filepath.Join(at, "scratch"), Cache: cache}
	for _, dir := range []string{d.Output, d.Scratch, d.Cache} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return d, nil, errors.Join(fmt.Errorf("making the folders of a build: %w", err), os.RemoveAll(at))
		}
	}
	return d, func() { _ = os.RemoveAll(at) }, nil
}

// openStrategy starts a strategy for a build, unless it lacks something that it
// cannot do without.
func (y *yard) openStrategy(ctx context.Context, name string) (action.Process, error) {
	lacks, err := y.app.Catalog().Lacks(ctx, name, false)
	if err == nil {
		err = lacks.Errors().Err()
	}
	if err != nil {
		return nil, err
	}
	return y.app.Catalog().Open(ctx, name)
}

// secrets reads the secrets of an image, all mistakes at once.
func (y *yard) secrets(ctx context.Context, image *inventory.Image) (map[string][]byte, error) {
	vault, err := y.app.Vault()
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	var found diag.List
	for _, s := range image.Secrets {
		value, err := vault.Value(ctx, s)
		if err != nil && diag.Of(err) == nil {
			return nil, err
		}
		found.Add(diag.Of(err)...)
		out[s.Name] = value
	}
	return out, found.Err()
}
