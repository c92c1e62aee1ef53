package inventory

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/platform"
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
	l.notNegative(image.root.Get("epoch"), image.Epoch)
	l.notNegative(image.root.Get("gate").Get("min_scenarios"), int64(image.Gate.MinScenarios))
	if image.Resources.Bounded() && image.Isolation == "chroot" {
		l.found.Add(builder.Unbounded(image.ResourcesPos()))
	}
	l.platforms(image)
	l.gatePlatforms(image)
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

// platforms refuses what is no platform, and one that is named twice.
func (l *loader) platforms(image *Image) {
	first := map[string]string{}
	for i, name := range image.Platforms {
		pos := item(image.file.Platforms, i)
		if parts := strings.Split(name, "/"); len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
			l.found.Add(diag.Errorf("bad-value", pos, "%q is not a platform", name).WithFix("write linux/amd64, or linux/arm/v7"))
			continue
		}
		one := platform.Canonical(name)
		if other, twice := first[one]; twice {
			l.found.Add(diag.Errorf("duplicate-platform", pos, "%s and %s are one platform", other, name).WithFix("name it once"))
		}
		first[one] = name
	}
}

// gatePlatforms refuses to ask for a verdict that nobody can give.
func (l *loader) gatePlatforms(image *Image) {
	listed := image.root.Get("gate").Get("platforms")
	for i, name := range image.Gate.Platforms {
		if !slices.Contains(image.Platforms, name) {
			l.found.Add(diag.Errorf("unknown-platform", item(listed, i), "%s is not built for %s", image.Name, name).
				WithFix("name some of %s", strings.Join(image.Platforms, ", ")))
		}
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
