package document

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A Decoder is a type that reads itself from a node.
type Decoder interface {
	DecodeNode(Node) diag.List
}

// Decode fills the struct that into points to from a mapping. A field's tag
// names its key, `yaml:"name"` or `yaml:"name,required"`, and may declare more
// about it: see [Field]. Fields are strings (the source text), booleans,
// numbers, durations ("90s", or seconds), structs, pointers, slices, maps with
// string keys, [Node] (anything, as it stands) and [Decoder]s. A scalar where a
// list of scalars is wanted is a list of one. An absent node leaves everything
// as it is; a key that is absent gets its default. All mistakes are told:
// unknown keys with the nearest known one, wrong types with what was wanted and
// what was found, texts that are none of the choices.
func Decode(n Node, into any) diag.List {
	d := decoder{}
	d.value(n, reflect.ValueOf(into).Elem())
	return d.found
}

// Judge is Decode for a document whose templates are not expanded yet: a text
// with a template in it may come to be of any type, and is left out.
func Judge(n Node, into any) diag.List {
	d := decoder{written: true}
	d.value(n, reflect.ValueOf(into).Elem())
	return d.found
}

// Keys returns the keys that Decode knows in the struct that v points to, in
// the order of its fields.
func Keys(v any) []string {
	var keys []string
	for _, f := range Fields(v) {
		keys = append(keys, f.Key)
	}
	return keys
}

type decoder struct {
	written bool // templates are not expanded
	found   diag.List
}

// value fills v from n by v's type.
func (d *decoder) value(n Node, v reflect.Value) {
	if n.Kind() == Absent {
		return
	}
	if d.written && n.Kind() == Scalar && strings.Contains(n.Text(), "{{") && !holdsAnything(v) {
		return
	}
	if v.CanAddr() {
		switch into := v.Addr().Interface().(type) {
		case *Node:
			*into = n
			return
		case Decoder:
			d.found.Add(into.DecodeNode(n)...)
			return
		case *time.Duration:
			d.duration(n, into)
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem())
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Slice:
		d.slice(n, v)
	case reflect.Map:
		d.mapping(n, v)
	case reflect.Interface:
		if value := n.Value(); value != nil {
			v.Set(reflect.ValueOf(value))
		}
	default:
		d.scalar(n, v)
	}
}

// holdsAnything reports whether a field takes a template as it stands.
func holdsAnything(v reflect.Value) bool {
	return v.Type() == reflect.TypeFor[Node]() || v.Kind() == reflect.Interface
}

func (d *decoder) structure(n Node, v reflect.Value) {
	if n.Kind() == Null {
		n = Node{&data{kind: Mapping, pos: n.Pos()}}
	}
	if n.Kind() != Mapping {
		d.want("a mapping", n)
		return
	}
	fields := fieldsOf(v.Type())
	for _, e := range n.Entries() {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Key == e.Key.Text() })
		if i < 0 {
			d.found.Add(UnknownKey(e.Key, keysOf(fields)))
			continue
		}
		d.value(e.Value, v.Field(fields[i].index))
		if !d.written || !strings.Contains(e.Value.Text(), "{{") {
			d.found.Add(fields[i].choose(e.Value)...)
			d.found.Add(fields[i].oneWord(e.Value)...)
		}
	}
	for _, f := range fields {
		d.missing(f, n, v)
	}
}

// missing tells of a required key that is absent, or takes its default.
func (d *decoder) missing(f Field, n Node, v reflect.Value) {
	switch {
	case n.Get(f.Key).Kind() != Absent:
	case f.Required:
		d.found.Add(diag.Errorf("missing-key", n.Pos(), "the key %q is missing", f.Key))
	case f.Default != "":
		d.value(f.initial(n.Pos()), v.Field(f.index))
	}
}

func keysOf(fields []Field) []string {
	var keys []string
	for _, f := range fields {
		keys = append(keys, f.Key)
	}
	return keys
}

// UnknownKey is the diagnostic for a key that is none of known.
func UnknownKey(key Node, known []string) diag.Diagnostic {
	d := diag.Errorf("unknown-key", key.Pos(), "unknown key %q", key.Text())
	if hint := diag.Suggest(key.Text(), known); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("the keys here are %s", strings.Join(known, ", "))
}

func (d *decoder) slice(n Node, v reflect.Value) {
	if n.Kind() == Null {
		return
	}
	if n.Kind() != Sequence && (n.Kind() != Scalar || !ListsScalars(v.Type())) {
		d.want("a list", n)
		return
	}
	items := n.List()
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		d.value(item, out.Index(i))
	}
	v.Set(out)
}

// ListsScalars reports whether a type is a list whose items are scalars or may
// be: one of them does for the list.
func ListsScalars(t reflect.Type) bool {
	if t.Kind() != reflect.Slice {
		return false
	}
	item := t.Elem()
	switch item.Kind() {
	case reflect.Struct:
		return item == reflect.TypeFor[Node]()
	case reflect.Slice, reflect.Map, reflect.Pointer:
		return false
	default:
		return true
	}
}

func (d *decoder) mapping(n Node, v reflect.Value) {
	if n.Kind() == Null {
		return
	}
	if n.Kind() != Mapping {
		d.want("a mapping", n)
		return
	}
	out := reflect.MakeMap(v.Type())
	for _, e := range n.Entries() {
		value := reflect.New(v.Type().Elem()).Elem()
		d.value(e.Value, value)
		out.SetMapIndex(reflect.ValueOf(e.Key.Text()).Convert(v.Type().Key()), value)
	}
	v.Set(out)
}

func (d *decoder) scalar(n Node, v reflect.Value) {
	if n.Kind() != Scalar {
		d.want(wanted(v.Kind()), n)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Text())
	case reflect.Bool:
		d.boolean(n, v)
	case reflect.Int, reflect.Int32, reflect.Int64:
		number, err := strconv.ParseInt(n.Text(), 10, v.Type().Bits())
		if err != nil {
			d.want("a whole number", n)
			return
		}
		v.SetInt(number)
	case reflect.Float64:
		number, err := strconv.ParseFloat(n.Text(), 64)
		if err != nil {
			d.want("a number", n)
			return
		}
		v.SetFloat(number)
	default:
		panic("bug: no YAML is decoded into a " + v.Type().String())
	}
}

func (d *decoder) boolean(n Node, v reflect.Value) {
	value, ok := n.Value().(bool)
	if !ok {
		d.found.Add(NoTruth(n))
		return
	}
	v.SetBool(value)
}

// NoTruth is the diagnostic for what is neither true nor false.
func NoTruth(n Node) diag.Diagnostic {
	d := diag.Errorf("wrong-type", n.Pos(), "want true or false, found %s", n.Describe())
	switch strings.ToLower(n.Text()) {
	case "yes", "on", "y":
		return d.WithFix("write true, which is the only word for it")
	case "no", "off", "n":
		return d.WithFix("write false, which is the only word for it")
	case "true", "false":
		return d.WithFix("take the quotes away, and write it small")
	default:
		return d
	}
}

func (d *decoder) duration(n Node, into *time.Duration) {
	value, ok := Duration(n)
	if !ok {
		d.want(`a duration such as "90s" or "10m", or a number of seconds`, n)
		return
	}
	*into = value
}

// Duration reads "90s", "10m" or a number of seconds, from 0.
func Duration(n Node) (d time.Duration, ok bool) {
	if n.Kind() != Scalar {
		return 0, false
	}
	if seconds, err := strconv.ParseFloat(n.Text(), 64); err == nil {
		return time.Duration(seconds * float64(time.Second)), seconds >= 0 && seconds < 1e9
	}
	d, err := time.ParseDuration(n.Text())
	return d, err == nil && d >= 0
}

func (d *decoder) want(what string, n Node) {
	d.found.Add(diag.Errorf("wrong-type", n.Pos(), "want %s, found %s", what, n.Describe()))
}

func wanted(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	default:
		return "a whole number"
	}
}
