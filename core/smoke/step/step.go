// Package step is how a sentence of a feature becomes a check: definitions
// with typed parameters, and the vocabulary that finds the one definition a
// sentence means.
//
// A pattern is the sentence with its parameters in braces, as in Cucumber
// expressions: `the file {path} has mode {mode}`. It is always matched from
// end to end. Free text stands in double quotes, where \" is a quote and any
// other backslash is itself, so that regular expressions need no doubling;
// numbers are bare. Parameters have kinds, so a bad duration or regular
// expression is found before anything is built; an argument that holds a
// template ("{{ .port }}") is parsed when the step runs, with its value.
package step

import (
	"context"

	"github.com/slipway-build/slipway/core/smoke/world"
)

// The keywords under which a step usually stands. Any keyword is accepted in a
// feature: the keyword is for people.
const (
	Given = "Given"
	When  = "When"
	Then  = "Then"
)

// An Argument is what may follow a sentence.
type Argument int

// The arguments.
const (
	NoArgument Argument = iota
	DocString           // lines between """
	Table               // rows between |
)

// String returns "nothing", "a doc string" or "a table".
func (a Argument) String() string {
	switch a {
	case DocString:
		return "a doc string"
	case Table:
		return "a table"
	default:
		return "nothing"
	}
}

// A Definition is one step of the vocabulary. As JSON it is what a person who
// writes features needs.
type Definition struct {
	Topic   string `json:"topic"`   // what it is about: steps of one topic stand together
	Pattern string `json:"pattern"` // `the image label {string} equals {string}`
	Keyword string `json:"keyword"` // Given, When or Then
	Example string `json:"example"` // a sentence that it matches, without keyword; its argument follows on lines of its own
	Doc     string `json:"doc"`     // one sentence or two: what it does, and what is an error

	Argument Argument `json:"-"`
	Columns  []string `json:"-"` // the header its Table must have, in order; nil: the table has no header
	Run      Func     `json:"-"`
}

// A Func carries a step out. It answers nil, a [world.Mismatch] when it looked
// and found otherwise, and any other error when it could not look.
type Func func(ctx context.Context, w *world.World, args Args) error
