package vars

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
)

// A state is what is known about a member of a value.
type state int

const (
	found   state = iota
	missing       // the value has no such member
	unknown       // only the run can tell
)

// member returns what stands under a name in a value, or in a node that is not
// expanded yet.
func member(value any, name string) (any, state) {
	switch v := value.(type) {
	case document.Node:
		return memberOfNode(v, name)
	case *Shape:
		return v.member(name)
	case map[string]any:
		if item, ok := v[name]; ok {
			return item, found
		}
		return nil, missing
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Interface, reflect.Func:
		return nil, unknown // a field or method: the template will say
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			return nil, missing
		}
		if item := v.MapIndex(reflect.ValueOf(name).Convert(v.Type().Key())); item.IsValid() {
			return item.Interface(), found
		}
		return nil, missing
	default:
		return nil, missing
	}
}

func memberOfNode(n document.Node, name string) (any, state) {
	if n.Kind() == document.Scalar && hasTemplate(n.Text()) {
		return nil, unknown
	}
	if item := n.Get(name); item.Kind() != document.Absent {
		return item, found
	}
	return nil, missing
}

// membersOf returns the names below a value, sorted; nil when it can have
// none.
func membersOf(value any) []string {
	names := []string{}
	switch v := value.(type) {
	case document.Node:
		if v.Kind() != document.Mapping {
			return nil
		}
		for _, e := range v.Entries() {
			names = append(names, e.Key.Text())
		}
	case map[string]any:
		names = slices.AppendSeq(names, maps.Keys(v))
	case *Shape:
		names = slices.AppendSeq(names, maps.Keys(v.Below))
	default:
		m := reflect.ValueOf(value)
		if m.Kind() != reflect.Map || m.Type().Key().Kind() != reflect.String {
			return nil
		}
		for _, key := range m.MapKeys() {
			names = append(names, key.String())
		}
	}
	slices.Sort(names)
	return names
}

func joinPath(path []string) string { return strings.Join(path, ".") }

// softly looks a path up and returns nil where it ends.
func softly(start any, path ...string) any {
	at := start
	for _, name := range path {
		next, state := member(at, name)
		if state != found {
			return nil
		}
		at = next
	}
	return at
}
