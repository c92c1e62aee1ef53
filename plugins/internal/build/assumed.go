package build

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/containers/image/v5/manifest"
	istorage "github.com/containers/image/v5/storage"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/diag"
)

// checkAssumed refuses a base that sets a variable by which the file chooses
// files otherwise than the file does: other files would be taken than were
// counted, and nobody would notice that they changed.
func (b *bases) checkAssumed(ctx context.Context, image dockerfile.Image) (*diag.Diagnostic, error) {
	if b.onBuild || len(image.Assumed) == 0 {
		return nil, nil
	}
	config, err := b.config(ctx, b.id(image))
	if err != nil {
		return nil, fmt.Errorf("reading the variables of %s: %w", image.Reference, err)
	}
	for _, name := range slices.Sorted(maps.Keys(image.Assumed)) {
		if value, set := config.variable(name); set && value != image.Assumed[name] {
			d := diag.Errorf("variable-of-base", image.Pos, "image %s sets %s to %q, and files are chosen here by %s being %q", image.Reference, name, value, name, image.Assumed[name]).
				WithDetail("What an image sets wins over ARG and over defaults, and is not seen before the build: files would be taken that nobody counted.").
				WithFix("give the ARG another name, or set onbuild: true, which makes the whole context count")
			return &d, nil
		}
	}
	return nil, nil
}

// An imageConfig is what an image hands on to those that stand on it.
type imageConfig struct {
	Env     []string
	OnBuild []string // of Docker's format: buildah heeds no other's
}

// variable returns what a variable is set to.
func (c imageConfig) variable(name string) (value string, set bool) {
	for _, e := range slices.Backward(c.Env) {
		if value, set = strings.CutPrefix(e, name+"="); set {
			break
		}
	}
	return value, set
}

// config reads the configuration of an image in the storage.
func (b *bases) config(ctx context.Context, id string) (imageConfig, error) {
	var parsed struct{ Config imageConfig }
	ref, err := istorage.Transport.ParseStoreReference(b.store, "@"+id)
	if err != nil {
		return parsed.Config, err
	}
	image, err := ref.NewImage(ctx, nil)
	if err != nil {
		return parsed.Config, err
	}
	defer image.Close()
	_, kind, err := image.Manifest(ctx)
	if err != nil {
		return parsed.Config, err
	}
	blob, err := image.ConfigBlob(ctx)
	if err != nil {
		return parsed.Config, err
	}
	err = json.Unmarshal(blob, &parsed)
	if kind != manifest.DockerV2Schema2MediaType {
		parsed.Config.OnBuild = nil
	}
	return parsed.Config, err
}
