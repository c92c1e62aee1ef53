package vars

import (
	"fmt"
	"reflect"
	"strings"
	"text/template"
)

// maxItems bounds how much a template may count or repeat: more is a slip of
// the finger, and would be noticed only when memory runs out.
const maxItems = 100_000

// boundedFunctions make as much as they are told; sprig's know no bound.
func boundedFunctions() template.FuncMap {
	return template.FuncMap{
		"until": func(n int) ([]int, error) {
			if n < 0 {
				return countTo(0, n, -1)
			}
			return countTo(0, n, 1)
		},
		"untilStep": countTo,
		"seq":       sequence,
		"repeat": func(n int, text string) (string, error) {
			return within(n*max(1, len(text)), func() string { return strings.Repeat(text, n) })
		},
		"indent": indented,
		"nindent": func(n int, text string) (string, error) {
			text, err := indented(n, text)
			return "\n" + text, err
		},
		"chunk": chunk,
	}
}

// countTo returns the numbers from from, the end apart.
func countTo(from, to, step int) ([]int, error) {
	if step == 0 || to != from && (to > from) != (step > 0) {
		return []int{}, nil
	}
	return within((to-from)/step, func() []int {
		out := []int{}
		for at := from; (at < to) == (step > 0) && at != to; at += step {
			out = append(out, at)
		}
		return out
	})
}

func within[T any](n int, build func() T) (T, error) {
	if n > maxItems || n < 0 {
		var none T
		return none, fmt.Errorf("this comes to more than %d", maxItems)
	}
	return build(), nil
}

// sequence is what the tool seq prints: 1 to n, from a to b, or a, a+step, … b.
func sequence(args ...int) (string, error) {
	from, step, to := 1, 1, 0
	switch len(args) {
	case 1:
		to = args[0]
	case 2:
		from, to = args[0], args[1]
	case 3:
		from, step, to = args[0], args[1], args[2]
	default:
		return "", fmt.Errorf("seq takes one to three numbers, found %d", len(args))
	}
	if len(args) < 3 && to < from {
		step = -1
	}
	last := to + 1
	if step < 0 {
		last = to - 1
	}
	numbers, err := countTo(from, last, step)
	return strings.Trim(fmt.Sprint(numbers), "[]"), err
}

func indented(n int, text string) (string, error) {
	return within(n, func() string {
		pad := strings.Repeat(" ", n)
		return pad + strings.ReplaceAll(text, "\n", "\n"+pad)
	})
}

// chunk splits a list into lists of a size.
func chunk(size int, list any) ([][]any, error) {
	v := reflect.ValueOf(list)
	if k := v.Kind(); k != reflect.Slice && k != reflect.Array {
		return nil, fmt.Errorf("chunk takes a list, found %s", describe(list))
	}
	if size < 1 {
		return nil, fmt.Errorf("chunk takes a size from 1, found %d", size)
	}
	var out [][]any
	for i := range v.Len() {
		if i%size == 0 {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], v.Index(i).Interface())
	}
	return out, nil
}

// boundedRange is what {{ range }} goes over.
func boundedRange(value any) (any, error) {
	if v := reflect.ValueOf(value); v.IsValid() && v.CanInt() && v.Int() > maxItems {
		return nil, fmt.Errorf("this counts to more than %d", maxItems)
	}
	return value, nil
}
