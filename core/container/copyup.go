package container

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/containers/storage/pkg/archive"
	securejoin "github.com/cyphar/filepath-securejoin"
)

// copyUp fills the empty volumes among mounts with what the image has in their
// place, owners and modes included.
func copyUp(root string, mounts []Mount) error {
	for _, m := range mounts {
		if !m.CopyUp {
			continue
		}
		if err := m.fill(root); err != nil {
			return fmt.Errorf("filling the volume at %s: %w", m.Target, err)
		}
	}
	return nil
}

func (m Mount) fill(root string) error {
	there, err := os.ReadDir(m.Source)
	if err != nil || len(there) > 0 {
		return err
	}
	from, err := securejoin.SecureJoin(root, m.Target)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil
	}
	if err != nil {
		return err
	}
	return archive.NewDefaultArchiver().CopyWithTar(from, m.Source)
}
