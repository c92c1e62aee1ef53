package vars

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/semver/v3"

	imagename "github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
)

// imageFunctions are what playbooks about images need and sprig has not.
func imageFunctions() template.FuncMap {
	return template.FuncMap{"digest": digestOf, "imageRef": imageRef, "semverBump": semverBump}
}

// digestOf is the digest of a text, as registries write it: "sha256:…".
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// imageRef takes the name of an image apart: registry, repository (with the
// registry), path (without), name (its last part), tag and digest.
func imageRef(text string) (map[string]any, error) {
	r, err := imagename.Parse(text)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"registry": r.Registry, "repository": r.Repository, "path": r.Path(), "name": r.Name(), "tag": r.Tag, "digest": r.Digest,
	}, nil
}

// semverBump is the next major, minor or patch version. A v in front stays.
func semverBump(part, version string) (string, error) {
	v, err := semver.NewVersion(version)
	if err != nil {
		return "", diag.Errorf("template", diag.Pos{}, "%q is not a version", version).WithFix("write three numbers: 1.2.3")
	}
	var next semver.Version
	switch part {
	case "major":
		next = v.IncMajor()
	case "minor":
		next = v.IncMinor()
	case "patch":
		next = v.IncPatch()
	default:
		return "", diag.Errorf("template", diag.Pos{}, "%q is no part of a version", part).WithFix("say major, minor or patch")
	}
	if strings.HasPrefix(version, "v") {
		return "v" + next.String(), nil
	}
	return next.String(), nil
}

// maxFile bounds what file reads, in bytes.
const maxFile = 1 << 20

// files are read from the folder of the file that the template stands in.
type files struct{ dir string }

// read returns a file as text.
func (f files) read(path string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(f.dir, path)
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxFile {
		return "", diag.Errorf("unreadable", diag.Pos{}, "%s has more than %d MiB", path, maxFile>>20)
	}
	if err == nil && !info.Mode().IsRegular() {
		return "", diag.Errorf("unreadable", diag.Pos{}, "%s is not a file", path)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", diag.Errorf("unreadable", diag.Pos{}, "there is no file %s", path).
			WithFix("name it as seen from the folder of the file that asks for it")
	}
	if err != nil {
		return "", fmt.Errorf("reading a file for a template: %w", err)
	}
	return string(text), nil
}
