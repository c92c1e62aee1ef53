package inventory

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// sourceLabel is the label that says by agreement which repository an image
// comes from.
const sourceLabel = "org.opencontainers.image.source"

// NormalizeSource brings the ways of writing the address of a git repository to
// one: "https://github.com/acme/web.git", "git@github.com:acme/web" and
// "ssh://git@GitHub.com:22/acme/web/" are all "github.com/acme/web". Scheme,
// user, usual port, ".git" and the last slash do not tell repositories apart,
// nor does the case of the host.
func NormalizeSource(url string) string {
	scheme, rest, hasScheme := strings.Cut(url, "://")
	if !hasScheme {
		scheme, rest = "", url
	}
	host, file, hasPath := strings.Cut(rest, "/")
	if !hasScheme {
		// What git takes for host:path, as scp does.
		if before, after, ok := strings.Cut(host, ":"); ok {
			host = before
			file = strings.TrimPrefix(strings.TrimSuffix(after+"/"+file, "/"), "/")
			hasPath = true
		}
	}
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	host = strings.TrimSuffix(host, usualPort(scheme))
	if !hasPath {
		return strings.ToLower(host)
	}
	return strings.ToLower(host) + "/" + strings.TrimSuffix(strings.TrimRight(file, "/"), ".git")
}

func usualPort(scheme string) string {
	switch strings.ToLower(scheme) {
	case "https":
		return ":443"
	case "http":
		return ":80"
	case "ssh", "git+ssh":
		return ":22"
	case "git":
		return ":9418"
	default:
		return "\x00"
	}
}

// readSources reads where an image comes from: source of image.yml and its
// label. A text names a repository and no more; a mapping fills the workspace.
func (l *loader) readSources(data vars.Data, image *Image) {
	items := []document.Node{image.file.Source}
	if image.file.Source.Kind() == document.Sequence {
		items = image.file.Source.Items()
	}
	for _, written := range items {
		n, ds := data.Expand(written)
		l.found.Add(ds...)
		switch {
		case ds != nil || n.IsZero():
		case n.Kind() == document.Sequence && written.Kind() == document.Scalar: // a template made a list
			for _, one := range n.Items() {
				l.readOrigin(one, one, image)
			}
		default:
			l.readOrigin(n, written, image)
		}
	}
	if url := image.Labels[sourceLabel]; url != "" {
		image.comesFrom(url)
	}
}

func (l *loader) readOrigin(n, written document.Node, image *Image) {
	if n.Kind() == document.Mapping {
		layer, ds := source.Read(n, written, image.Dir, image.Secrets)
		l.found.Add(ds...)
		image.Layers = append(image.Layers, layer)
		if url := layer.Repository(); url != "" {
			image.comesFrom(url)
		}
		return
	}
	var url string
	if ds := document.Decode(n, &url); ds != nil {
		l.found.Add(ds...)
		return
	}
	if NormalizeSource(url) == "" {
		l.found.Add(diag.Errorf("bad-value", n.Pos(), "%q is not the address of a repository", url))
	}
	image.comesFrom(url)
}

// comesFrom ties the image to a repository.
func (m *Image) comesFrom(url string) {
	if !slices.Contains(m.Sources, url) {
		m.Sources = append(m.Sources, url)
	}
}

// from returns the images that come from a repository, or from one of those
// that a glob names.
func (inv *Inventory) from(pattern string) []string {
	var names []string
	for _, image := range inv.Images {
		if slices.ContainsFunc(image.Sources, func(url string) bool {
			ok, _ := path.Match(pattern, NormalizeSource(url))
			return ok
		}) {
			names = append(names, image.Name)
		}
	}
	return names
}

// sources returns the repositories that images come from, normalised.
func (inv *Inventory) sources() []string {
	var all []string
	for _, image := range inv.Images {
		for _, url := range image.Sources {
			all = append(all, NormalizeSource(url))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
