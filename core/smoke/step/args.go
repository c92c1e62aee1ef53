package step

import (
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

// String returns parameter i of kind string, path, url, who, protocol or method.
func (a Args) String(i int) string { return a.values[i].(string) }

// Regexp returns parameter i of kind regexp.
func (a Args) Regexp(i int) *regexp.Regexp { return a.values[i].(*regexp.Regexp) }

// Duration returns parameter i of kind duration.
func (a Args) Duration(i int) time.Duration { return a.values[i].(time.Duration) }

// Size returns parameter i of kind size, in bytes.
func (a Args) Size(i int) int64 { return a.values[i].(int64) }

// Mode returns parameter i of kind mode: the permission bits with setuid,
// setgid and sticky as in chmod.
func (a Args) Mode(i int) uint32 { return a.values[i].(uint32) }

// Int returns parameter i of kind int, count, port or status.
func (a Args) Int(i int) int { return a.values[i].(int) }

// Ints returns parameter i of kind numbers.
func (a Args) Ints(i int) []int { return a.values[i].([]int) }

// Words returns parameter i of kind command or array.
func (a Args) Words(i int) []string { return a.values[i].([]string) }
