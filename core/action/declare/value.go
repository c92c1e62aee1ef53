package declare

import (
	"reflect"
	"time"

	"github.com/slipway-build/slipway/core/document"
)

// Values is a result as `register` keeps it: every field that the struct
// declares, whether it was learnt or not, as plain Go that templates can walk.
// Durations become seconds.
func Values(result any) map[string]any {
	v := reflect.ValueOf(result)
	pointer := reflect.New(v.Type())
	values := map[string]any{}
	for _, f := range document.Fields(pointer.Interface()) {
		values[f.Key] = plain(f.In(v))
	}
	return values
}

// Nothing is a result of which nothing is known: every field that the action
// declares, empty.
func (a Action) Nothing() map[string]any { return Values(reflect.ValueOf(a.Result).Elem().Interface()) }

// plain turns a value into nil, strings, booleans, numbers, []any and
// map[string]any.
func plain(v reflect.Value) any {
	if d, ok := reflect.TypeAssert[time.Duration](v); ok {
		return d.Seconds()
	}
	switch v.Kind() {
	case reflect.Struct:
		return Values(v.Interface())
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Map:
		mapping := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			mapping[key.String()] = plain(v.MapIndex(key))
		}
		return mapping
	case reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	default:
		return v.Interface()
	}
}
