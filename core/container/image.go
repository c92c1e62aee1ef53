package container

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/containers/storage"
	imagespec "github.com/opencontainers/image-spec/specs-go/v1"
)

// ErrNoImage is wrapped by errors about an image that is not in the store.
var ErrNoImage = errors.New("no such image in the storage")

// A Config is what an image says about running it.
type Config struct {
	imagespec.ImageConfig
	Healthcheck *Healthcheck `json:"Healthcheck,omitempty"`

	Architecture string `json:"-"`
	OS           string `json:"-"`
}

// A Healthcheck is the one that a Dockerfile's HEALTHCHECK left in an image.
// Zero durations and retries mean the defaults.
type Healthcheck struct {
	Test          []string      `json:",omitempty"` // NONE; CMD and arguments; CMD-SHELL and a line
	Interval      time.Duration `json:",omitempty"`
	Timeout       time.Duration `json:",omitempty"`
	StartPeriod   time.Duration `json:",omitempty"`
	StartInterval time.Duration `json:",omitempty"`
	Retries       int           `json:",omitempty"`
}

// Has reports whether the image with the given ID ("sha256:…" or bare) is in
// the store.
func (s *Store) Has(imageID string) bool {
	return s.store.Exists(bareID(imageID))
}

// Size returns how many bytes an image takes on disk, layers that other images
// share included. The error wraps [ErrNoImage] when there is none.
func (s *Store) Size(ref string) (int64, error) {
	found, err := s.find(ref)
	if err != nil {
		return 0, err
	}
	size, err := s.store.ImageSize(found.ID)
	if err != nil {
		return 0, fmt.Errorf("measuring image %s: %w", ref, err)
	}
	return size, nil
}

// Config returns what an image says about running it.
func (s *Store) Config(ref string) (Config, error) {
	raw, err := s.RawConfig(ref)
	if err != nil {
		return Config{}, err
	}
	var file struct {
		Config       Config `json:"config"`
		Architecture string `json:"architecture"`
		OS           string `json:"os"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return Config{}, fmt.Errorf("reading the config of %s: %w", ref, err)
	}
	file.Config.Architecture, file.Config.OS = file.Architecture, file.OS
	return file.Config, nil
}

// RawConfig returns the config of an image as it stands; its digest is the
// image ID.
func (s *Store) RawConfig(ref string) ([]byte, error) {
	found, err := s.find(ref)
	if err != nil {
		return nil, err
	}
	raw, err := s.store.ImageBigData(found.ID, "sha256:"+found.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the config of %s: %w", ref, err)
	}
	return raw, nil
}

func (s *Store) find(ref string) (*storage.Image, error) {
	image, err := s.store.Image(bareID(ref))
	if errors.Is(err, storage.ErrImageUnknown) {
		return nil, fmt.Errorf("looking for image %s: %w", ref, ErrNoImage)
	}
	if err != nil {
		return nil, fmt.Errorf("looking for image %s: %w", ref, err)
	}
	return image, nil
}

// bareID returns the name under which the store knows an image.
func bareID(ref string) string { return strings.TrimPrefix(ref, "sha256:") }
