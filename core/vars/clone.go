package vars

import "reflect"

// clone copies maps and lists of all types, so that a template that changes its
// arguments (sprig's set, unset and merge do) changes nobody else's. Lists of
// texts and maps to texts become those that templates' functions expect.
func clone(value any) any {
	switch v := value.(type) {
	case nil, string, bool, int, int64, float64:
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, item := range v {
			out[k] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	default:
		return cloneOther(reflect.ValueOf(value))
	}
}

func cloneOther(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		out := make(map[string]any, v.Len())
		for key, item := range v.Seq2() {
			out[key.String()] = clone(item.Interface())
		}
		return out
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = clone(v.Index(i).Interface())
		}
		return out
	default:
		return v.Interface()
	}
}
