package inventory

import (
	"cmp"
	"encoding/json"
	"path/filepath"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/platform"
)

// EmbeddedRegistry is the value of the variable registry that stands for the
// project's own registry.
const EmbeddedRegistry = "embedded"

// builtins defines what every image has unless it is said otherwise.
func (l *loader) builtins(image *Image) {
	for name, value := range map[string]any{"labels": map[string]any{}, "args": map[string]any{}} {
		image.scope.Define(vars.Definition{Name: name, Value: document.Of(value, diag.Pos{}), Level: vars.Builtin})
	}
}

func (l *loader) readImageFile(image *Image) {
	image.root = l.read(filepath.Join(image.Dir, "image.yml"))
	l.found.Add(document.Decode(image.root, &image.file)...)
	image.config = image.file.Config
}

// finishImages expands what image.yml and the variables say.
func (l *loader) finishImages() {
	before, all := l.found, blame{}
	for _, image := range l.inv.Images {
		l.found = nil
		l.finishImage(image)
		all.add(image, l.found)
	}
	l.found = append(before, all.list(len(l.inv.Images))...)
}

func (l *loader) finishImage(image *Image) {
	data := l.inv.data(image)
	l.settle(data, image)
	data = l.inv.data(image)
	image.Strategy = "dockerfile"
	l.text(data, image.file.Strategy, &image.Strategy)
	image.Isolation = cmp.Or(l.options.Isolation, "chroot")
	l.text(data, image.file.Isolation, &image.Isolation)
	l.oneOf(image.file.Isolation, image.Isolation, "chroot", "oci")
	image.Tags = l.texts(data, image.file.Tags)
	if image.Platforms = l.texts(data, image.file.Platforms); len(image.Platforms) == 0 {
		image.Platforms = []string{platform.Own()}
	}
	image.Args = l.merged(data, image, "args", image.file.Args)
	image.Labels = l.merged(data, image, "labels", image.file.Labels)
	image.Epoch, image.Timeout, image.Gate = image.file.Epoch, image.file.Timeout, image.file.Gate
	l.expanded(data, image.file.Resources, &image.Resources)
	secrets, ds := secret.Read(image.file.Secrets, image.Dir)
	image.Secrets = secrets
	l.found.Add(ds...)
	l.readSources(data, image)
	l.configure(data, image)
	l.checkImage(image)
}

// settle finds the image's repository.
func (l *loader) settle(data vars.Data, image *Image) {
	before := len(l.found)
	registry, namespace := l.variable(data, "registry"), l.variable(data, "namespace")
	image.embedded = registry == EmbeddedRegistry
	switch {
	case !image.file.Repository.IsZero():
		l.text(data, image.file.Repository, &image.Repository)
	case registry == "":
		image.local = true
		image.Repository = "localhost/" + image.Name
	case image.embedded:
		if namespace == "" {
			namespace = "library"
		}
		image.Repository = "localhost/" + namespace + "/" + image.Name
	case namespace == "":
		image.Repository = registry + "/" + image.Name
	default:
		image.Repository = registry + "/" + namespace + "/" + image.Name
	}
	if len(l.found) == before {
		l.checkRepository(image)
	}
}

// variable returns a variable as text, "" when it is not defined.
func (l *loader) variable(data vars.Data, name string) string {
	def, ok := data.Scope.Winner(name)
	if !ok {
		return ""
	}
	var text string
	l.text(data, def.Value, &text)
	return text
}

// configure makes the strategy's config: JSON, as every language reads it.
func (l *loader) configure(data vars.Data, image *Image) {
	image.Config = json.RawMessage("{}")
	if image.file.Config.IsZero() {
		return
	}
	n, ds := data.Expand(image.file.Config)
	l.found.Add(ds...)
	config, err := json.Marshal(n.Value())
	if err != nil {
		l.found.Add(diag.Errorf("config", n.Pos(), "%v", err))
		return
	}
	image.Config = config
}

// merged is a mapping of texts that is put together from all levels, key by
// key: the variables of that name, and image.yml above them.
func (l *loader) merged(data vars.Data, image *Image, name string, own map[string]document.Node) map[string]string {
	out := map[string]string{}
	for _, def := range image.scope.Definitions(name) {
		for _, e := range def.Value.Entries() {
			var text string
			l.text(data, e.Value, &text)
			out[e.Key.Text()] = text
		}
	}
	for key, n := range own {
		var text string
		l.text(data, n, &text)
		out[key] = text
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (l *loader) text(data vars.Data, n document.Node, into *string) { l.expanded(data, n, into) }

func (l *loader) texts(data vars.Data, n document.Node) (out []string) {
	l.expanded(data, n, &out)
	return out
}

// expanded reads what is said once its templates are expanded.
func (l *loader) expanded(data vars.Data, n document.Node, into any) {
	if n.IsZero() {
		return
	}
	wrong := document.Judge(n, into)
	expanded, ds := data.Expand(n)
	l.found.Add(wrong...)
	l.found.Add(ds...)
	if wrong == nil && ds == nil {
		l.found.Add(document.Decode(expanded, into)...)
	}
}
