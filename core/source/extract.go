package source

import (
	"context"
	"fmt"
	"path/filepath"
)

// Extract writes a folder of the repository (absolute, in the working tree) as
// it was at a commit into an empty folder. It reports whether there was such a
// folder then.
func (r *Repository) Extract(ctx context.Context, commit, folder, to string) (bool, error) {
	at, err := filepath.Rel(r.Path, folder)
	if err != nil {
		return false, fmt.Errorf("extracting %s: %w", folder, err)
	}
	tree := commit + ":"
	if at != "." {
		tree += filepath.ToSlash(at)
	}
	if !r.Has(ctx, tree) {
		return false, nil
	}
	if err := r.Checkout(ctx, tree, to); err != nil {
		return false, fmt.Errorf("extracting %s at %s: %w", folder, commit, err)
	}
	return true, nil
}
