package document

import (
	"reflect"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A Field is one key of a mapping, as the tags of a struct's field declare it:
//
//	Method string `yaml:"method" default:"GET" choices:"GET,HEAD" doc:"what to ask" example:"HEAD"`
type Field struct {
	Key      string
	Type     reflect.Type
	Required bool     // `yaml:"key,required"`
	Program  bool     // `yaml:"key,program"`: a list of a program and its arguments
	Default  string   // YAML; "" for none
	Choices  []string // of a text; empty: any
	Doc      string   // a phrase or sentences
	Example  string   // YAML; "" for none

	index int
}

// Fields returns the keys that [Decode] knows in the struct that v points to,
// in the order of its fields.
func Fields(v any) []Field { return fieldsOf(reflect.TypeOf(v).Elem()) }

func fieldsOf(t reflect.Type) []Field {
	var fields []Field
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		key, options, _ := strings.Cut(tag.Get("yaml"), ",")
		if key == "" || key == "-" {
			continue
		}
		has := func(option string) bool { return slices.Contains(strings.Split(options, ","), option) }
		f := Field{
			Key: key, Type: t.Field(i).Type, Required: has("required"), Program: has("program"),
			Default: tag.Get("default"), Doc: tag.Get("doc"), Example: tag.Get("example"), index: i,
		}
		if choices := tag.Get("choices"); choices != "" {
			f.Choices = strings.Split(choices, ",")
		}
		fields = append(fields, f)
	}
	return fields
}

// In returns the field of a struct.
func (f Field) In(v reflect.Value) reflect.Value { return v.Field(f.index) }

// initial is the field's default as a node that stands where it is missing.
func (f Field) initial(at diag.Pos) Node {
	n, ds := Parse("the default of "+f.Key, []byte(f.Default))
	if ds != nil {
		panic("bug: " + ds.Error())
	}
	return Of(n.Value(), at)
}

// choose refuses a text that is none of the field's choices.
func (f Field) choose(n Node) diag.List {
	if len(f.Choices) == 0 || n.Kind() != Scalar || slices.Contains(f.Choices, n.Text()) {
		return nil
	}
	d := diag.Errorf("bad-value", n.Pos(), "%s cannot be %q", f.Key, n.Text())
	if hint := diag.Suggest(n.Text(), f.Choices); hint != "" {
		return diag.List{d.WithFix("%s", hint)}
	}
	return diag.List{d.WithFix("it is one of %s", strings.Join(f.Choices, ", "))}
}

// oneWord refuses a line of a shell where a program and its arguments are
// wanted: as one item it would be the name of a program, blanks and all.
func (f Field) oneWord(n Node) diag.List {
	words := strings.Fields(n.Text())
	if !f.Program || n.Kind() != Scalar || len(words) < 2 {
		return nil
	}
	return diag.List{diag.Errorf("wrong-type", n.Pos(), "want a program and its arguments as a list, found %s", n.Describe()).
		WithFix("nothing splits it: write [%s]", strings.Join(words, ", "))}
}
