package declare

import (
	"reflect"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/schema"
)

// A Field is an argument or a value of a result, for people and programs that
// read about it.
type Field struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"` // in words: "list of text"
	Required bool     `json:"required,omitempty"`
	Default  string   `json:"default,omitempty"` // YAML
	Choices  []string `json:"choices,omitempty"`
	Doc      string   `json:"doc"`
	Example  string   `json:"example,omitempty"` // YAML
	Fields   []Field  `json:"fields,omitempty"`  // of a mapping, or of each mapping in a list
}

// Arguments returns the arguments of the action.
func (a Action) Arguments() []Field { return fieldsOf(a.Args) }

// Results returns what `register` keeps of a step beside changed, skipped,
// failed and msg.
func (a Action) Results() []Field { return fieldsOf(a.Result) }

func fieldsOf(v any) []Field {
	var out []Field
	for _, f := range document.Fields(v) {
		field := Field{
			Name: f.Key, Type: schema.Words(schema.Type(f.Type)), Required: f.Required, Default: f.Default,
			Choices: f.Choices, Doc: f.Doc, Example: f.Example,
		}
		if inner := mappingIn(f.Type); inner != nil {
			field.Fields = fieldsOf(reflect.New(inner).Interface())
		}
		out = append(out, field)
	}
	return out
}

// mappingIn is the struct that a type is, or is a list of.
func mappingIn(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || isAnything(t) {
		return nil
	}
	return t
}

func isAnything(t reflect.Type) bool {
	return t == reflect.TypeFor[document.Node]() || t.Kind() == reflect.Interface
}
