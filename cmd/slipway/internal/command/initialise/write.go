package initialise

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/features"
	"github.com/slipway-build/slipway/inventory"
	"github.com/slipway-build/slipway/playbooks"
)

// files are what a project needs beside the site. The names differ from those
// they get where a tool would take them for its own here.
//
//go:embed files
var files embed.FS

// writeSite writes the folders of the site and the files beside them.
func writeSite(dir string) error {
	for _, part := range []struct {
		below string
		fsys  fs.FS
	}{{"inventory", inventory.FS}, {"playbooks", playbooks.FS}, {"features", features.FS}} {
		if err := os.CopyFS(filepath.Join(dir, part.below), part.fsys); err != nil {
			return fmt.Errorf("writing the site: %w", err)
		}
	}
	for from, to := range map[string]string{"Makefile": "Makefile", "gitignore": ".gitignore", "slipway.yml": "slipway.yml"} { //nolint:gosec // file names, no credentials
		data, err := files.ReadFile("files/" + from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, to), data, 0o644); err != nil {
			return fmt.Errorf("writing the site: %w", err)
		}
	}
	return nil
}

// undo removes what was written, and the folder itself when it was ours.
func undo(dir string, ours bool) error {
	if ours {
		return os.RemoveAll(dir)
	}
	var errs []error
	for _, name := range []string{"inventory", "playbooks", "features", "Makefile", ".gitignore", "slipway.yml"} {
		errs = append(errs, os.RemoveAll(filepath.Join(dir, name)))
	}
	return errors.Join(errs...)
}
