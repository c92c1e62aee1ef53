package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/slipway-build/slipway/sdk/diag"
)

// schemaURL stands for the place of a schema that has none.
const schemaURL = "strategy:config"

// A ready schema checks a strategy's configs against the JSON Schema (2020-12)
// that it declares. An empty one allows everything. A schema refers to nothing
// outside of itself: a plugin could otherwise make the host read files. Preparing
// one takes far longer than a check.
type ready struct {
	compiled *jsonschema.Schema // nil: everything is allowed, unless unusable says otherwise
	document any
	unusable diag.List
}

func prepare(schema json.RawMessage) ready {
	if len(schema) == 0 {
		return ready{}
	}
	compiled, document, err := compile(schema)
	if err != nil {
		return ready{unusable: diag.List{diag.Errorf("plugin.schema", diag.Pos{}, "the strategy's schema is not usable: %v", err).
			WithFix("report this to the author of the strategy")}}
	}
	return ready{compiled: compiled, document: document}
}

func (r ready) check(config json.RawMessage) diag.List {
	if r.compiled == nil {
		return slices.Clone(r.unusable)
	}
	if trimmed := bytes.TrimSpace(config); len(trimmed) == 0 || string(trimmed) == "null" {
		config = json.RawMessage("{}")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(config))
	if err != nil {
		return diag.List{diag.Errorf("config.syntax", diag.Pos{}, "the config is no JSON: %v", err)}
	}
	failure, ok := errors.AsType[*jsonschema.ValidationError](r.compiled.Validate(value))
	if !ok {
		return nil
	}
	found := diagnostics(failure, r.document)
	slices.SortStableFunc(found, func(a, b diag.Diagnostic) int { return strings.Compare(a.Path, b.Path) })
	return found
}

// compile returns the schema ready for use, and as a document.
func compile(schema json.RawMessage) (*jsonschema.Schema, any, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(noLoader{})
	if err := c.AddResource(schemaURL, document); err != nil {
		return nil, nil, err
	}
	compiled, err := c.Compile(schemaURL)
	return compiled, document, err
}

// noLoader refuses to load what a schema refers to.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("it refers to %s, which lies outside of it", url)
}

// diagnostics returns one diagnostic for each failure that has no finer one
// below it.
func diagnostics(e *jsonschema.ValidationError, schema any) diag.List {
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf: // its causes contradict each other
	default:
		if len(e.Causes) > 0 {
			var list diag.List
			for _, cause := range e.Causes {
				list.Add(diagnostics(cause, schema)...)
			}
			return list
		}
	}
	return leaf(e, declared(schema, e.InstanceLocation))
}

// leaf words one failure; property is the schema of the failing value, if it
// could be found.
func leaf(e *jsonschema.ValidationError, property map[string]any) diag.List {
	path := pointer(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		return unknownFields(path, k.Properties, names(property))
	case *kind.Required:
		var list diag.List
		for _, name := range k.Missing {
			list.Add(diag.Diagnostic{Code: "config.missing", Path: pointer(append(slices.Clone(e.InstanceLocation), name)), Summary: fmt.Sprintf("%q is missing", name)})
		}
		return list
	case *kind.Enum:
		return diag.List{enum(path, e.InstanceLocation, k, secret(property))}
	}
	what := e.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	if secret(property) {
		what = "the value is not allowed" // the message would show it
	}
	return diag.List{{Code: "config." + keyword(e.ErrorKind), Path: path, Summary: fmt.Sprintf("%s: %s", label(e.InstanceLocation), what)}}
}

func unknownFields(path string, found, known []string) diag.List {
	var list diag.List
	for _, name := range found {
		d := diag.Diagnostic{
			Code: "config.unknown", Path: path + pointer([]string{name}),
			Summary: fmt.Sprintf("unknown field %q", name), Fix: diag.Suggest(name, known),
		}
		if len(known) > 0 {
			d.Detail = "The fields are " + strings.Join(known, ", ") + "."
		}
		list.Add(d)
	}
	return list
}

func enum(path string, at []string, k *kind.Enum, hidden bool) diag.Diagnostic {
	var wanted []string
	for _, w := range k.Want {
		wanted = append(wanted, fmt.Sprint(w))
	}
	got := fmt.Sprintf("%#v", k.Got)
	if hidden {
		got = "a secret"
	}
	d := diag.Diagnostic{Code: "config.enum", Path: path, Summary: fmt.Sprintf("%s is %s; wanted one of %s", label(at), got, strings.Join(wanted, ", "))}
	if s, ok := k.Got.(string); ok {
		d.Fix = diag.Suggest(s, wanted)
	}
	return d
}

func keyword(k jsonschema.ErrorKind) string {
	path := k.KeywordPath()
	if len(path) == 0 {
		return "value"
	}
	return path[len(path)-1]
}
