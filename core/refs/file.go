package refs

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// Below returns the deployment files in a folder and all folders below it,
// sorted: what ends in .yml or .yaml, and those named Kustomization. Hidden
// folders, such as that of git, are left out.
func Below(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != dir && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !d.IsDir() && isDeployment(d.Name()):
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for deployment files: %w", err)
	}
	return out, nil
}

func isDeployment(name string) bool {
	switch filepath.Ext(name) {
	case ".yml", ".yaml":
		return true
	default:
		return name == "Kustomization"
	}
}
