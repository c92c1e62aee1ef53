package view

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/smoke"
)

// writeSmoke writes one report below root; an empty path wants none.
func writeSmoke(root, path, name string, r smoke.Record, write func(io.Writer, smoke.Record) error) error {
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

// Smoke writes the reports that a smoke task asks for. A path that ends in a
// slash, or has no extension, is a folder with one file per image.
func Smoke(root string) func(string, smoke.Record, action.ReportFiles) error {
	return func(image string, r smoke.Record, files action.ReportFiles) error {
		if err := writeSmoke(root, files.JUnit, image+".xml", r, smoke.WriteJUnit); err != nil {
			return err
		}
		return writeSmoke(root, files.Cucumber, image+".json", r, smoke.WriteCucumber)
	}
}
