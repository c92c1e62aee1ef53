package action

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	imagespec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/registry"
)

// imageFacts are what is known of an image without running it.
type imageFacts struct {
	Reference string            `yaml:"reference" doc:"the name it was found by"`
	Digest    string            `yaml:"digest" doc:"of its manifest; empty when no registry has it"`
	ImageID   string            `yaml:"image_id" doc:"the digest of its config"`
	Created   string            `yaml:"created" doc:"when, in UTC: 2026-01-02T03:04:05Z"`
	Platforms []string          `yaml:"platforms" doc:"what it is for: linux/amd64"`
	Size      int               `yaml:"size" doc:"of its layers in bytes: compressed, as a registry has them; else on disk"`
	Layers    []layerFacts      `yaml:"layers" doc:"its layers, the lowest first"`
	Tags      []string          `yaml:"tags" doc:"tags of its repository, without slipway's own"`
	Labels    map[string]string `yaml:"labels" doc:"its labels"`
	Env       map[string]string `yaml:"env" doc:"its environment"`
	Base      baseFacts         `yaml:"base" doc:"what it stands on, as its manifest says"`
	Config    configFacts       `yaml:"config" doc:"how it runs"`
}

// layerFacts are those of one layer.
type layerFacts struct {
	Digest string `yaml:"digest" doc:"as a registry has it, else of its content"`
	Size   int    `yaml:"size" doc:"bytes, compressed; 0 when no registry has it"`
}

// baseFacts tell what an image stands on.
type baseFacts struct {
	Name    string `yaml:"name" doc:"its reference"`
	Digest  string `yaml:"digest" doc:"of its manifest"`
	ImageID string `yaml:"image_id" doc:"the digest of its config"`
}

// configFacts tell how an image runs.
type configFacts struct {
	User       string   `yaml:"user" doc:"by name or number; empty: root"`
	WorkDir    string   `yaml:"workdir" doc:"the folder it runs in"`
	Entrypoint []string `yaml:"entrypoint" doc:"the program and its first arguments"`
	Command    []string `yaml:"command" doc:"the arguments that follow, unless others are given"`
	Ports      []string `yaml:"ports" doc:"the ports it exposes: 8080/tcp"`
	Volumes    []string `yaml:"volumes" doc:"the folders it keeps data in"`
	StopSignal string   `yaml:"stop_signal" doc:"what ends it; empty: SIGTERM"`
}

// readConfig learns from the image's config.
func (f *imageFacts) readConfig(raw []byte) error {
	var image imagespec.Image
	if err := json.Unmarshal(raw, &image); err != nil {
		return fmt.Errorf("reading the config of %s: %w", f.Reference, err)
	}
	if image.Created != nil {
		f.Created = image.Created.UTC().Format(time.RFC3339)
	}
	if f.Platforms == nil {
		f.Platforms = []string{image.OS + "/" + image.Architecture}
	}
	for _, id := range image.RootFS.DiffIDs {
		f.Layers = append(f.Layers, layerFacts{Digest: id.String()})
	}
	c := image.Config
	f.Labels, f.Env = c.Labels, byName(c.Env)
	f.Config = configFacts{
		User: c.User, WorkDir: c.WorkingDir, Entrypoint: c.Entrypoint, Command: c.Cmd, StopSignal: c.StopSignal,
		Ports: slices.Sorted(maps.Keys(c.ExposedPorts)), Volumes: slices.Sorted(maps.Keys(c.Volumes)),
	}
	return nil
}

// readManifest learns from the manifest: what the layers weigh, and on what
// the image stands.
func (f *imageFacts) readManifest(m registry.Manifest) error {
	var content imagespec.Manifest
	if err := json.Unmarshal(m.Bytes, &content); err != nil {
		return fmt.Errorf("reading the manifest of %s: %w", f.Reference, err)
	}
	f.Layers = nil
	for _, l := range content.Layers {
		f.Layers = append(f.Layers, layerFacts{l.Digest.String(), int(l.Size)})
		f.Size += int(l.Size)
	}
	base := decide.BaseOf(m)
	f.Base = baseFacts{base.Reference, base.Digest, base.ImageID}
	return nil
}

// byName are the variables of an environment by their names.
func byName(env []string) map[string]string {
	out := map[string]string{}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		out[name] = value
	}
	return out
}
