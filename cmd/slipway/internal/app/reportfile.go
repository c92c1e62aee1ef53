package app

import (
	"errors"
	"io"
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
	file, err := createReport(path)
	if err != nil {
		return err
	}
	return errors.Join(write(file, r), file.Close())
}
