package container

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/containers/storage"
)

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
		image, err := s.describe(&all[i])
		if err != nil {
			return nil, err
		}
		image.Created = arrived
		old = append(old, image)
	}
	slices.SortFunc(old, func(a, b Image) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
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
