package container

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/containers/storage"
)

// An Image is an image in a store.
type Image struct {
	ID   string    // "sha256:…": the digest of its config
	Size int64     // bytes on disk, layers that other images share included
	Came time.Time // when it was built or fetched; zero for one without content
}

// Older returns the images that came into the store before a time, the oldest
// first, without those that containers are made from. When an image came is when
// its top layer did: what an image says of its age is the same wherever it is
// built. One without a layer holds nothing, and came before every time.
func (s *Store) Older(than time.Time) ([]Image, error) {
	all, err := s.store.Images()
	if err != nil {
		return nil, fmt.Errorf("listing images: %w", err)
	}
	used, err := s.used()
	if err != nil {
		return nil, err
	}
	var old []Image
	for i := range all {
		arrived, err := s.arrived(&all[i])
		if err != nil {
			return nil, err
		}
		if used[all[i].ID] || !arrived.Before(than) {
			continue
		}
		size, err := s.store.ImageSize(all[i].ID)
		if err != nil {
			return nil, fmt.Errorf("measuring image %s: %w", all[i].ID, err)
		}
		old = append(old, Image{ID: "sha256:" + all[i].ID, Size: size, Came: arrived})
	}
	slices.SortFunc(old, func(a, b Image) int { return cmp.Or(a.Came.Compare(b.Came), cmp.Compare(a.ID, b.ID)) })
	return old, nil
}

// used are the images that containers are made from.
func (s *Store) used() (map[string]bool, error) {
	containers, err := s.store.Containers()
	if err != nil {
		return nil, fmt.Errorf("listing containers: %w", err)
	}
	used := map[string]bool{}
	for i := range containers {
		used[containers[i].ImageID] = true
	}
	return used, nil
}

func (s *Store) arrived(image *storage.Image) (time.Time, error) {
	if image.TopLayer == "" {
		return time.Time{}, nil
	}
	layer, err := s.store.Layer(image.TopLayer)
	if errors.Is(err, storage.ErrLayerUnknown) {
		return time.Time{}, nil // what is left of it is of no use
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("looking for the layer of image %s: %w", image.ID, err)
	}
	return layer.Created, nil
}

// Remove removes an image with the layers that no other image needs. Removing
// what is not there is no error.
func (s *Store) Remove(imageID string) error {
	if _, err := s.store.DeleteImage(bareID(imageID), true); err != nil && !errors.Is(err, storage.ErrImageUnknown) {
		return fmt.Errorf("removing image %s: %w", imageID, err)
	}
	return nil
}
