package lint

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/lint"
)

// mend mends the layout of what judge looks at, and returns the files that
// it has changed. Of playbooks that were named alone nothing else is mended: not
// what they are for.
func mend(ctx context.Context, reader *site.Reader, playbooks []string, alone bool, levels lint.Levels) ([]string, error) {
	r := &reviewer{reader: reader}
	if err := r.load(ctx, playbooks); err != nil {
		return nil, err
	}
	var changed []string
	for _, f := range r.site.Files {
		fixed := lint.Fix(f, site.ActionNames(), levels)
		if !f.YAML || string(fixed) == string(f.Src) || alone && !slices.Contains(r.told, f.Name) {
			continue
		}
		if err := rewrite(f.Name, fixed); err != nil {
			return changed, err
		}
		changed = append(changed, f.Name)
	}
	return changed, nil
}

// rewrite gives a file other bytes and leaves its mode. It is replaced as a
// whole, so that nobody ever sees half of it.
func rewrite(path string, data []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".slipway-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err := errors.Join(err, tmp.Chmod(info.Mode().Perm()), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
