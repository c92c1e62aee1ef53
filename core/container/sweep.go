package container

import (
	"context"
	"errors"
	"fmt"
)

// Sweep removes the containers, and the views of images, whose process has
// died without removing them. It never touches those of a living process, nor
// any that slipway did not make. It returns how many it removed.
func (s *Store) Sweep(ctx context.Context) (int, error) {
	all, err := s.store.Containers()
	if err != nil {
		return 0, fmt.Errorf("listing containers: %w", err)
	}
	removed := 0
	var failed error
	for _, c := range all {
		if ctx.Err() != nil {
			return removed, errors.Join(failed, context.Cause(ctx))
		}
		if !abandoned(c.Names) {
			continue
		}
		if err := (&box{store: s, id: c.ID}).remove(); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		removed++
	}
	return removed, failed
}

func abandoned(names []string) bool {
	for _, name := range names {
		if o, ok := ownerOf(name); ok {
			return o.Dead()
		}
	}
	return false
}
