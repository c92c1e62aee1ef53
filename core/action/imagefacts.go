package action

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	imagespec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/registry"
)

// imageFacts are what is known of an image without running it.
type imageFacts struct {
	reference string
	digest    string // of the manifest; "" when no registry has the image
	imageID   string
	platforms []string
	config    imagespec.Image
	layers    []layerFacts
	size      int64 // of the layers: compressed, as a registry has them; else on disk
	base      Base
	tags      []string // of the repository
}

// layerFacts are those of one layer: as a registry has it, else its content's
// digest alone.
type layerFacts struct {
	digest string
	size   int64
}

// readConfig learns from the image's config.
func (f *imageFacts) readConfig(raw []byte) error {
	if err := json.Unmarshal(raw, &f.config); err != nil {
		return fmt.Errorf("reading the config of %s: %w", f.reference, err)
	}
	if f.platforms == nil {
		f.platforms = []string{f.config.OS + "/" + f.config.Architecture}
	}
	for _, id := range f.config.RootFS.DiffIDs {
		f.layers = append(f.layers, layerFacts{digest: id.String()})
	}
	return nil
}

// readManifest learns from the manifest: what the layers weigh, and on what
// the image stands.
func (f *imageFacts) readManifest(m registry.Manifest) error {
	var content imagespec.Manifest
	if err := json.Unmarshal(m.Bytes, &content); err != nil {
		return fmt.Errorf("reading the manifest of %s: %w", f.reference, err)
	}
	f.layers = nil
	for _, l := range content.Layers {
		f.layers = append(f.layers, layerFacts{l.Digest.String(), l.Size})
		f.size += l.Size
	}
	f.base = Base{Reference: m.Annotations[annotationBaseName], Digest: m.Annotations[annotationBaseDigest], ImageID: m.Annotations[annotationBaseID]}
	return nil
}

// values are the facts as templates see them.
func (f *imageFacts) values() map[string]any {
	c := f.config.Config
	created := ""
	if f.config.Created != nil {
		created = f.config.Created.UTC().Format(time.RFC3339)
	}
	layers := make([]any, len(f.layers))
	for i, l := range f.layers {
		layers[i] = map[string]any{"digest": l.digest, "size": int(l.size)}
	}
	return map[string]any{
		"reference": f.reference, "digest": f.digest, "image_id": f.imageID, "created": created,
		"platforms": list(f.platforms), "size": int(f.size), "layers": layers, "tags": list(f.tags),
		"labels": mapping(c.Labels), "env": mapping(variables(c.Env)),
		"base": map[string]any{"name": f.base.Reference, "digest": f.base.Digest, "image_id": f.base.ImageID},
		"config": map[string]any{
			"user": c.User, "workdir": c.WorkingDir, "stop_signal": c.StopSignal,
			"entrypoint": list(c.Entrypoint), "command": list(c.Cmd),
			"ports": list(slices.Sorted(maps.Keys(c.ExposedPorts))), "volumes": list(slices.Sorted(maps.Keys(c.Volumes))),
		},
	}
}

// variables are the environment of an image by name.
func variables(env []string) map[string]string {
	out := map[string]string{}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		out[name] = value
	}
	return out
}

func mapping(texts map[string]string) map[string]any {
	out := make(map[string]any, len(texts))
	for key, text := range texts {
		out[key] = text
	}
	return out
}

// list is a list of texts as templates see it, never nil.
func list(texts []string) []any {
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = text
	}
	return out
}
