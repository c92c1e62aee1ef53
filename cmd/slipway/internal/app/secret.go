package app

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
)

// secrets reads the secrets of an image, all mistakes at once.
func (a *App) secrets(image *inventory.Image) (map[string][]byte, error) {
	out := map[string][]byte{}
	var found diag.List
	for _, s := range image.Secrets {
		value, d := a.secret(image, s)
		found.Add(d...)
		out[s.ID] = value
	}
	return out, found.Err()
}

func (a *App) secret(image *inventory.Image, s inventory.Secret) ([]byte, diag.List) {
	if s.Env != "" {
		for _, e := range a.environ {
			if value, ok := strings.CutPrefix(e, s.Env+"="); ok {
				return []byte(value), nil
			}
		}
		return nil, diag.List{diag.Errorf("no-secret", s.Pos, "the environment has no %s, which holds the secret %q", s.Env, s.ID).WithFix("set it, for this run only")}
	}
	path := s.File
	if !filepath.IsAbs(path) {
		path = filepath.Join(image.Dir, path)
	}
	value, err := os.ReadFile(path)
	if err != nil {
		return nil, diag.List{diag.Errorf("no-secret", s.Pos, "the secret %q cannot be read: %v", s.ID, err).WithFix("put it there, or name another file")}
	}
	return value, nil
}
