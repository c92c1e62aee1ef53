package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/smoke"
)

// writeReport writes one report below root; an empty path wants none.
func writeReport(root, path, name string, r smoke.Record, write func(io.Writer, smoke.Record) error) error {
	if path == "" {
		return nil
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(root, path)
	}
	if strings.HasSuffix(path, "/") || filepath.Ext(path) == "" {
		path = filepath.Join(path, name)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("making the folder of a report: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing a report: %w", err)
	}
	return errors.Join(write(file, r), file.Close())
}
