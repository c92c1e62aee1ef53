package declare

import (
	"reflect"
	"time"

	"github.com/slipway-build/slipway/core/document"
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
			Name: f.Key, Type: words(f.Type), Required: f.Required, Default: f.Default,
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

// words names a type.
func words(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "duration"
	case isAnything(t):
		return "anything"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return words(t.Elem())
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		return "list of " + plural(words(t.Elem()))
	case reflect.Map:
		return "mapping of " + plural(words(t.Elem()))
	case reflect.Struct:
		return "mapping"
	default:
		return "whole number"
	}
}

func plural(of string) string {
	switch of {
	case "text", "anything", "true or false":
		return of
	default:
		return of + "s"
	}
}
