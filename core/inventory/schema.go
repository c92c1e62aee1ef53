package inventory

import (
	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/schema"
	"github.com/slipway-build/slipway/core/source"
)

// ImageSchema returns the JSON Schema (2020-12) of image.yml.
func ImageSchema() map[string]any {
	s := schema.Of(new(imageFile))
	properties := schema.Properties(s)
	for name, special := range map[string]map[string]any{
		"strategy": schema.Text(), "repository": schema.Text(), "isolation": schema.Any(schema.Enum("chroot", "oci"), schema.Template()),
		"tags": schema.OrOne(schema.Text()), "platforms": schema.OrOne(schema.Text()),
		"config": {"type": "object"}, "vars": variablesSchema(), "source": sourceSchema(),
		"resources": schema.Of(new(builder.Resources)),
	} {
		properties[name] = special
	}
	schema.Explain(s, imageDocs())
	s["type"] = []any{"object", "null"}
	return schema.Document("image.yml of slipway", s)
}

// sourceSchema is a source, a repository that is only named, or a list of them.
func sourceSchema() map[string]any {
	one := schema.Any(source.Schema(), map[string]any{"type": "string"})
	return schema.OrOne(one)
}

// Schema returns the JSON Schema (2020-12) of images.yml: groups by name.
func Schema() map[string]any {
	group := schema.Of(new(aGroup))
	properties := schema.Properties(group)
	images := map[string]any{"type": "object", "additionalProperties": map[string]any{"type": []any{"object", "null"}}}
	properties["vars"], properties["images"], properties["hosts"] = variablesSchema(), images, images
	properties["children"] = schema.Mapping(schema.Ref("group"))
	schema.Explain(group, groupDocs())
	group["type"] = []any{"object", "null"}
	s := schema.Mapping(schema.Ref("group"))
	s["$defs"] = map[string]any{"group": group}
	return schema.Document("images.yml of slipway", s)
}

func variablesSchema() map[string]any {
	return map[string]any{"type": []any{"object", "null"}, "propertyNames": map[string]any{"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}}
}

// imageDocs says of every key of image.yml what it means, for editors.
func imageDocs() map[string]string {
	return map[string]string{
		"strategy":   "the plugin that builds the image; dockerfile unless it is said",
		"source":     "what is laid over the image's own folder before the build: repositories, archives, files of images; a text ties the image to a repository and no more",
		"config":     "what the strategy is told; its schema is the plugin's",
		"repository": "where the image is published; registry/namespace/name unless it is said",
		"args":       "build arguments; those of groups are added",
		"labels":     "labels of the image; those of groups are added",
		"tags":       "the tags that push puts",
		"platforms":  "what the image is built for: linux/amd64, linux/arm64; this machine's own unless it is said",
		"isolation":  "how RUN steps are kept apart",
		"epoch":      "the time that files of the image have, in seconds since 1970; 0 unless it is said",
		"timeout":    "how long a build may take",
		"resources":  "what the commands of a build may use: memory and cpus; needs isolation: oci",
		"gate":       "what must be proved before the image is promoted",
		"vars":       "variables of the image",
		"secrets":    "what a build may read and the image never holds, by name",
	}
}

// groupDocs says of every key of a group what it means, for editors.
func groupDocs() map[string]string {
	return map[string]string{
		"vars":     "variables of the images of the group",
		"images":   "the images of the group, each with what is said of it alone; ranges such as jdk-[17:21:4] are spread out",
		"hosts":    "another word for images",
		"children": "groups whose images belong to this one as well",
		"priority": "which of several groups of the same depth wins: the highest",
	}
}
