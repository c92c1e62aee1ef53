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

// An Image is an image in a store.
type Image struct {
	ID      string // "sha256:…": the digest of its config
	Digest  string // of its manifest as the store has it; may be empty
	Names   []string
	Size    int64 // bytes on disk, layers that other images share included
	Created time.Time
}

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

// Image finds an image by ID or name. The error wraps [ErrNoImage] when there
// is none.
func (s *Store) Image(ref string) (Image, error) {
	found, err := s.find(ref)
	if err != nil {
		return Image{}, err
	}
	return s.describe(found)
}

// Images returns all images, in the order in which they came.
func (s *Store) Images() ([]Image, error) {
	all, err := s.store.Images()
	if err != nil {
		return nil, fmt.Errorf("listing images: %w", err)
	}
	out := make([]Image, 0, len(all))
	for i := range all {
		image, err := s.describe(&all[i])
		if err != nil {
			return nil, err
		}
		out = append(out, image)
	}
	return out, nil
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

// Remove removes an image, by ID or name, with the layers that no other image
// needs. Removing what is not there is no error.
func (s *Store) Remove(ref string) error {
	found, err := s.find(ref)
	if errors.Is(err, ErrNoImage) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := s.store.DeleteImage(found.ID, true); err != nil && !errors.Is(err, storage.ErrImageUnknown) {
		return fmt.Errorf("removing image %s: %w", ref, err)
	}
	return nil
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

func (s *Store) describe(image *storage.Image) (Image, error) {
	size, err := s.store.ImageSize(image.ID)
	if err != nil {
		return Image{}, fmt.Errorf("measuring image %s: %w", image.ID, err)
	}
	return Image{
		ID:      "sha256:" + image.ID,
		Digest:  image.Digest.String(),
		Names:   image.Names,
		Size:    size,
		Created: image.Created,
	}, nil
}

// bareID returns the name under which the store knows an image.
func bareID(ref string) string { return strings.TrimPrefix(ref, "sha256:") }
