package config

import "reflect"

// Secrets returns the texts in a decoded config whose fields are tagged as
// secrets, however deep they lie.
func Secrets(config any) []string {
	var s secrets
	s.value(reflect.ValueOf(config), false)
	return s
}

// secrets are the texts found so far.
type secrets []string

// value looks at v, which may be a secret itself.
func (s *secrets) value(v reflect.Value, secret bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			s.value(v.Elem(), secret)
		}
	case reflect.Struct:
		for f, field := range v.Fields() {
			s.value(field, secret || f.Tag.Get("secret") == "true")
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			s.value(v.Index(i), secret)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			s.value(v.MapIndex(key), secret)
		}
	case reflect.String:
		if secret && v.String() != "" {
			*s = append(*s, v.String())
		}
	default: // no text
	}
}
