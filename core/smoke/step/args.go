package step

import (
	"fmt"
	"regexp"
	"time"
)

// Args are the values of a sentence's parameters, in order, and what followed
// the sentence. An accessor that does not fit the parameter's kind is a bug of
// the definition and panics; the vocabulary's tests run every definition.
type Args struct {
	values []any
	Doc    string     // the doc string
	Rows   [][]string // the table's rows; the first is its header when the definition has columns
}

// value returns parameter i, which the pattern says is a T.
func value[T any](a Args, i int) T {
	v, ok := a.values[i].(T)
	if !ok {
		panic(fmt.Sprintf("bug: a step asks for parameter %d as %T, and it is %T", i, v, a.values[i]))
	}
	return v
}

// String returns parameter i of kind string, path, url, who, protocol or method.
func (a Args) String(i int) string { return value[string](a, i) }

// Regexp returns parameter i of kind regexp.
func (a Args) Regexp(i int) *regexp.Regexp { return value[*regexp.Regexp](a, i) }

// Duration returns parameter i of kind duration.
func (a Args) Duration(i int) time.Duration { return value[time.Duration](a, i) }

// Size returns parameter i of kind size, in bytes.
func (a Args) Size(i int) int64 { return value[int64](a, i) }

// Mode returns parameter i of kind mode: the permission bits with setuid,
// setgid and sticky as in chmod.
func (a Args) Mode(i int) uint32 { return value[uint32](a, i) }

// Int returns parameter i of kind int, count, port or status.
func (a Args) Int(i int) int { return value[int](a, i) }

// Ints returns parameter i of kind numbers.
func (a Args) Ints(i int) []int { return value[[]int](a, i) }

// Words returns parameter i of kind command or array.
func (a Args) Words(i int) []string { return value[[]string](a, i) }
