package playbook

import (
	"maps"
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/schema"
)

// Schema returns the JSON Schema (2020-12) of a playbook. actions are the
// schemas of the arguments of every action, by name.
func Schema(actions map[string]map[string]any) map[string]any {
	defs := map[string]any{}
	for holder, s := range holders() {
		defs[holder] = s
	}
	delete(defs, "handler") // an editor knows no difference between it and a task
	kinds := map[string]string{"block": "block", "import_tasks": "import_tasks", "import_role": "import_role", "meta": "meta"}
	for name, arguments := range actions {
		defs["action_"+name] = arguments
		defs["task_"+name] = withKey(name, schema.Ref("action_"+name), handlerParts()...)
		kinds[name] = "task_" + name
	}
	defs["task"] = choice(kinds)
	defs["tasks"] = schema.List(schema.Ref("task"))
	return schema.Document("A playbook of slipway", map[string]any{
		"type": "array", "minItems": 1, "$defs": defs,
		"items": map[string]any{
			"if":   map[string]any{"required": []any{"import_playbook"}},
			"then": schema.Ref("import_playbook"), "else": schema.Ref("play"),
		},
	})
}

// choice is the schema of a mapping that is what one of its keys says it is.
// Without that an editor would blame the whole task for one key in it.
func choice(kinds map[string]string) map[string]any {
	var exactly, then []any
	properties := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(kinds)) {
		has := map[string]any{"required": []any{key}}
		exactly = append(exactly, has)
		then = append(then, map[string]any{"if": has, "then": schema.Ref(kinds[key])})
		properties[key] = map[string]any{}
	}
	return map[string]any{"type": "object", "properties": properties, "oneOf": exactly, "allOf": then}
}

// keys is the schema of a mapping whose keys the parts declare together.
func keys(required []string, parts ...any) map[string]any {
	properties := map[string]any{}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	for _, part := range parts {
		maps.Copy(properties, schema.Properties(schema.Of(part)))
	}
	for name := range properties {
		if s, special := specials()[name]; special {
			properties[name] = s
		}
	}
	if len(required) > 0 {
		names := make([]any, len(required))
		for i, name := range required {
			names[i] = name
		}
		out["required"] = names
	}
	schema.Explain(out, keywordDocs())
	return out
}

// withKey is the schema of a mapping that must also have the named key.
func withKey(name string, value map[string]any, parts ...any) map[string]any {
	out := keys([]string{name}, parts...)
	schema.Properties(out)[name] = value
	schema.Explain(out, keywordDocs())
	return out
}

// imported is the schema of an import's arguments: a mapping of texts, or one
// text alone.
func imported(arguments any) map[string]any {
	m := schema.Of(arguments)
	for _, property := range document.Keys(arguments) {
		schema.Properties(m)[property] = schema.Text()
	}
	return schema.Any(schema.Text(), m)
}

// specials are the schemas of keys that the reader takes as they stand.
func specials() map[string]map[string]any {
	tasks := schema.Ref("tasks")
	return map[string]map[string]any{
		"name": schema.Text(), "images": schema.Titled("pattern", schema.Text()), "hosts": schema.Titled("pattern", schema.Text()), "import_playbook": schema.Text(),
		"register": schema.Text(), "loop_var": schema.Text(), "index_var": schema.Text(), "label": schema.Text(), "role": schema.Text(),
		"vars_files": schema.Titled("file, or list of files and of lists of files", schema.OrOne(schema.OrOne(schema.Text()))), "schedule": schema.Enum(schedules()...), "order": schema.Enum(orders()...),
		"backoff": schema.Enum("exp"), "on": schema.Titled("name of a builder", schema.Text()),
		"roles":     schema.Titled("list of roles", schema.List(schema.Any(schema.Text(), schema.Ref("role")))),
		"pre_tasks": tasks, "tasks": tasks, "post_tasks": tasks, "handlers": tasks, "block": tasks, "rescue": tasks, "always": tasks,
		"loop": schema.Any(map[string]any{"type": "array"}, expression()), "loop_control": schema.Titled("mapping", schema.Ref("loop_control")),
	}
}

// What the types of words look like to an editor.

// JSONSchema describes one word, several with commas between them, or a list.
func (words) JSONSchema() map[string]any { return schema.OrOne(schema.Text()) }

// JSONSchema describes one name or a list of names.
func (names) JSONSchema() map[string]any { return schema.OrOne(schema.Text()) }

// JSONSchema describes one expression or a list of them.
func (conditions) JSONSchema() map[string]any { return schema.OrOne(expression()) }

func expression() map[string]any { return schema.Titled("expression", schema.Text()) }

// JSONSchema describes a mapping of variables.
func (variables) JSONSchema() map[string]any {
	return map[string]any{"type": "object", "propertyNames": map[string]any{"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}}
}

// JSONSchema describes a mapping of variables of the environment, or several.
func (environment) JSONSchema() map[string]any { return schema.OrOne(schema.Mapping(schema.Text())) }

// JSONSchema describes true, false or a template.
func (truth) JSONSchema() map[string]any {
	return schema.OrTemplate(map[string]any{"type": "boolean"})
}

// JSONSchema describes a duration.
func (duration) JSONSchema() map[string]any { return schema.Duration() }

// JSONSchema describes a whole number from 0, or a template.
func (number) JSONSchema() map[string]any {
	return schema.OrTemplate(map[string]any{"type": "integer", "minimum": 0})
}

// JSONSchema describes a whole number from 1.
func (positive) JSONSchema() map[string]any { return map[string]any{"type": "integer", "minimum": 1} }

// JSONSchema describes the sizes of waves.
func (serial) JSONSchema() map[string]any {
	share := map[string]any{"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?%$"}
	one := schema.Any(map[string]any{"type": "integer", "minimum": 1}, share)
	return schema.Titled("whole number, percentage, or list of them", schema.OrOne(one))
}

// JSONSchema describes a percentage.
func (percentage) JSONSchema() map[string]any {
	return schema.Titled("percentage", map[string]any{"type": []any{"number", "string"}, "minimum": 0, "maximum": 100})
}

// JSONSchema describes bounds by action.
func (throttle) JSONSchema() map[string]any {
	return schema.Mapping(map[string]any{"type": "integer", "minimum": 1})
}

// JSONSchema describes arguments by action.
func (defaults) JSONSchema() map[string]any {
	return schema.Mapping(map[string]any{"type": "object"})
}
