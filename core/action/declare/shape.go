package declare

import (
	"reflect"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
)

// Shape returns which names there can be below what `register` keeps of one
// step: those of every action, and those that the action declares.
func (a Action) Shape() *vars.Shape {
	s := shapeOf(reflect.TypeOf(a.Result).Elem())
	for _, name := range vars.EveryResult() {
		s.Below[name] = scalar()
	}
	return s
}

// ShapeOf returns the shape of what [Values] makes of a struct.
func ShapeOf(v any) *vars.Shape { return shapeOf(reflect.TypeOf(v)) }

func scalar() *vars.Shape { return &vars.Shape{Below: map[string]*vars.Shape{}} }

// shapeOf is the shape of what [Values] makes of a type. A mapping may have any
// names.
func shapeOf(t reflect.Type) *vars.Shape {
	if t.Kind() == reflect.Map || isAnything(t) {
		return nil
	}
	s := scalar()
	if t.Kind() == reflect.Struct {
		for _, f := range document.Fields(reflect.New(t).Interface()) {
			s.Below[f.Key] = shapeOf(f.Type)
		}
	}
	return s
}
