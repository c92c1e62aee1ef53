package secret

import (
	"reflect"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Conceal returns v with the secrets hidden in every text that it holds,
// however deep: strings, bytes, the keys and values of maps, the messages of
// errors. v itself stays as it is. It goes by the kinds of values, not by
// their types, so that a new event or record needs nothing to be hidden.
func Conceal[T any](m *Mask, v T) T {
	if m.forms.Load() == nil {
		return v
	}
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	out.Set(m.conceal(reflect.ValueOf(&v).Elem(), 0))
	concealed, _ := reflect.TypeAssert[T](out)
	return concealed
}

// maxDepth bounds how deep a value is looked into: a value that holds itself
// has no end.
const maxDepth = 100

// conceal returns a copy of v with secrets hidden.
func (m *Mask) conceal(v reflect.Value, depth int) reflect.Value {
	if depth > maxDepth {
		return reflect.Zero(v.Type())
	}
	switch v.Kind() {
	case reflect.String:
		return reflect.ValueOf(m.Text(v.String())).Convert(v.Type())
	case reflect.Interface:
		return m.inside(v, depth)
	case reflect.Pointer:
		return m.pointer(v, depth)
	case reflect.Struct:
		return m.structure(v, depth)
	case reflect.Map:
		return m.mapping(v, depth)
	case reflect.Slice, reflect.Array:
		return m.list(v, depth)
	default:
		return v
	}
}

func (m *Mask) inside(v reflect.Value, depth int) reflect.Value {
	if v.IsNil() {
		return v
	}
	out := reflect.New(v.Type()).Elem()
	if err, ok := reflect.TypeAssert[error](v); ok && v.Type() == reflect.TypeFor[error]() {
		out.Set(reflect.ValueOf(m.failure(err)))
		return out
	}
	out.Set(m.conceal(v.Elem(), depth+1))
	return out
}

func (m *Mask) pointer(v reflect.Value, depth int) reflect.Value {
	if v.IsNil() {
		return v
	}
	out := reflect.New(v.Type().Elem())
	out.Elem().Set(m.conceal(v.Elem(), depth+1))
	return out
}

func (m *Mask) structure(v reflect.Value, depth int) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			out.Field(i).Set(m.conceal(v.Field(i), depth+1))
		}
	}
	return out
}

func (m *Mask) mapping(v reflect.Value, depth int) reflect.Value {
	if v.IsNil() {
		return v
	}
	out := reflect.MakeMapWithSize(v.Type(), v.Len())
	for entry := v.MapRange(); entry.Next(); {
		out.SetMapIndex(m.conceal(entry.Key(), depth+1), m.conceal(entry.Value(), depth+1))
	}
	return out
}

func (m *Mask) list(v reflect.Value, depth int) reflect.Value {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return v
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		return reflect.ValueOf([]byte(m.Text(string(v.Bytes())))).Convert(v.Type())
	}
	out := reflect.New(v.Type()).Elem()
	if v.Kind() == reflect.Slice {
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
	}
	for i := range v.Len() {
		out.Index(i).Set(m.conceal(v.Index(i), depth+1))
	}
	return out
}

// Error returns err with secrets hidden in its message and its diagnostics. It
// is for showing: of the kinds of errors only diagnostics are left.
func (m *Mask) Error(err error) error {
	if err == nil || m.forms.Load() == nil {
		return err
	}
	return m.failure(err)
}

func (m *Mask) failure(err error) error {
	return concealed{m.Text(err.Error()), Conceal(m, diag.Of(err))}
}

// A concealed error is what may be shown of one.
type concealed struct {
	text        string
	diagnostics diag.List
}

// Error returns the message.
func (c concealed) Error() string { return c.text }

// As gives the diagnostics out.
func (c concealed) As(target any) bool {
	list, ok := target.(*diag.List)
	if !ok || c.diagnostics == nil {
		return false
	}
	*list = c.diagnostics
	return true
}
