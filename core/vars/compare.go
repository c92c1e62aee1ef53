package vars

import (
	"cmp"
	"fmt"
	"reflect"
	"text/template"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// comparisons are those of text/template, which say only that two types do not
// go together: these show both values and say what to do. Whole numbers and
// fractions go together; nothing is equal to nothing alone.
func comparisons() template.FuncMap {
	ordered := func(name string, holds func(int) bool) func(a, b any) (bool, error) {
		return func(a, b any) (bool, error) {
			order, err := compare(name, a, b)
			return err == nil && holds(order), err
		}
	}
	return template.FuncMap{
		"eq": equalToAny,
		"ne": func(a, b any) (bool, error) { equal, err := equal("ne", a, b); return !equal && err == nil, err },
		"lt": ordered("lt", func(order int) bool { return order < 0 }),
		"le": ordered("le", func(order int) bool { return order <= 0 }),
		"gt": ordered("gt", func(order int) bool { return order > 0 }),
		"ge": ordered("ge", func(order int) bool { return order >= 0 }),
	}
}

// equalToAny reports whether a is equal to one of the others.
func equalToAny(a any, others ...any) (bool, error) {
	if len(others) == 0 {
		return false, diag.Errorf("template", diag.Pos{}, "eq needs two values")
	}
	for _, b := range others {
		if same, err := equal("eq", a, b); same || err != nil {
			return same, err
		}
	}
	return false, nil
}

func equal(name string, a, b any) (bool, error) {
	if a == nil || b == nil {
		return a == nil && b == nil, nil
	}
	if x, ok := a.(bool); ok {
		if y, ok := b.(bool); ok {
			return x == y, nil
		}
	}
	order, err := compare(name, a, b)
	return order == 0 && err == nil, err
}

// compare orders two texts or two numbers.
func compare(name string, a, b any) (int, error) {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	switch {
	case isText(x) && isText(y):
		return cmp.Compare(x.String(), y.String()), nil
	case isWhole(x) && isWhole(y):
		return cmp.Compare(x.Int(), y.Int()), nil
	case isNumber(x) && isNumber(y):
		return cmp.Compare(number(x), number(y)), nil
	default:
		return 0, incomparable(name, a, b)
	}
}

func isText(v reflect.Value) bool { return v.Kind() == reflect.String }

func isWhole(v reflect.Value) bool { return v.IsValid() && v.CanInt() }

func isNumber(v reflect.Value) bool {
	return v.IsValid() && (v.CanInt() || v.CanUint() || v.CanFloat())
}

func number(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	default:
		return v.Float()
	}
}

// incomparable tells that two values do not go together.
func incomparable(name string, a, b any) diag.Diagnostic {
	d := diag.Errorf("wrong-type", diag.Pos{}, "%s cannot compare %s with %s", name, describe(a), describe(b))
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	switch {
	case isText(x) && isScalar(y):
		return d.WithFix("make text of the second: %s A (toString B)%s", name, orInt(a))
	case isText(y) && isScalar(x):
		return d.WithFix("make text of the first: %s (toString A) B%s", name, orInt(b))
	case a == nil || b == nil:
		return d.WithFix("say what to take where there is nothing: … | default 0")
	default:
		return d.WithFix("compare texts, numbers, true and false; lists and mappings with deepEqual A B")
	}
}

func isScalar(v reflect.Value) bool { return isNumber(v) || v.Kind() == reflect.Bool }

// orInt offers the other way for a text that is a number.
func orInt(text any) string {
	n, ds := document.Parse("", []byte(fmt.Sprint(text)))
	if _, whole := n.Value().(int); whole && ds == nil {
		return ", or a number of the text: int"
	}
	return ""
}
