package inventory

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
)

func (l *loader) oneOf(n document.Node, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		l.found.Add(diag.Errorf("bad-value", n.Pos(), "found %q, want one of %q", value, allowed))
	}
}

// checkImage judges what image.yml says once its templates are expanded.
func (l *loader) checkImage(image *Image) {
	file := image.file
	for i, tag := range image.Tags {
		if !validTag(tag) {
			l.found.Add(diag.Errorf("bad-value", item(file.Tags, i), "%q cannot be a tag", tag).
				WithFix("use at most 128 letters, digits, '_', '.' and '-', and begin with none of the last two"))
		}
	}
	for i, platform := range image.Platforms {
		if parts := strings.Split(platform, "/"); len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
			l.found.Add(diag.Errorf("bad-value", item(file.Platforms, i), "%q is not a platform", platform).WithFix("write linux/amd64, or linux/arm/v7"))
		}
	}
	l.notNegative(image.root.Get("epoch"), image.Epoch)
	l.notNegative(image.root.Get("gate").Get("min_scenarios"), int64(image.Gate.MinScenarios))
	l.onePlatform(image)
}

// item is where an item of a list stands, or the whole when a template made the
// list.
func item(n document.Node, i int) diag.Pos {
	if items := n.List(); i < len(items) {
		return items[i].Pos()
	}
	return n.Pos()
}

func (l *loader) notNegative(n document.Node, value int64) {
	if value < 0 {
		l.found.Add(diag.Errorf("bad-value", n.Pos(), "%s is negative", n.Text()))
	}
}

// validTag is the rule of the distribution specification.
func validTag(tag string) bool {
	for i, r := range tag {
		word := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
		if !word && (i == 0 || r != '.' && r != '-') {
			return false
		}
	}
	return tag != "" && len(tag) <= 128
}

// onePlatform refuses what cannot be built yet, rather than to build half of
// it.
func (l *loader) onePlatform(image *Image) {
	if len(image.Platforms) > 1 {
		l.found.Add(diag.Errorf("several-platforms", image.file.Platforms.Pos(), "%s names %d platforms, and one image has one platform", image.Name, len(image.Platforms)).
			WithFix("keep one of them"))
	}
}

// checkRepository makes an image's repository whole, "docker.io/acme/web" for
// "acme/web", and refuses what is none.
func (l *loader) checkRepository(image *Image) {
	pos := image.Pos
	if !image.file.Repository.IsZero() {
		pos = image.file.Repository.Pos()
	}
	r, err := reference.Parse(image.Repository)
	switch {
	case err != nil:
		l.found.Add(diag.Errorf("bad-repository", pos, "%q cannot be a repository: %v", image.Repository, err))
	case r.Tag != "" || r.Digest != "":
		l.found.Add(diag.Errorf("bad-repository", pos, "%q has a tag or digest, and a repository has none", image.Repository).
			WithFix("write %s", r.Repository))
	default:
		image.Repository = r.Repository
	}
}

// checkRepositories refuses two images that would overwrite each other.
func (l *loader) checkRepositories() {
	owner := map[string]*Image{}
	for _, image := range l.inv.Images {
		if other := owner[image.Repository]; other != nil {
			l.found.Add(diag.Errorf("duplicate-repository", image.Pos, "%s and %s have the same repository, %s", other.Name, image.Name, image.Repository).
				WithDetail("The other one is %s.", other.Pos).WithFix("give one of them a repository of its own in its image.yml"))
			continue
		}
		owner[image.Repository] = image
	}
}
