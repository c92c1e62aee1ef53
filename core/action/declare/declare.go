// Package declare is how an action says what it is: its arguments, what it
// registers, and what a person should know of it.
//
// An action declares itself once, as an [Action] with one struct for its
// arguments and one for its result. The tags of the fields are the declaration:
// see [document.Field]. From it come the check of a task before a run, the
// defaults, `slipway doc`, the JSON Schema that editors use, and the reference
// page. What no single field can tell (one of two keys, but not both) is a
// function beside the structs, [Action.Rule].
package declare

import (
	"reflect"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// An Action is the declaration of one action.
type Action struct {
	Name     string
	Summary  string   // one phrase
	About    string   // sentences; paragraphs are apart by a blank line
	Args     any      // a pointer to a struct of its arguments
	Alone    string   // the argument that people mean who write a text without a key; "" for none
	Free     string   // what any other key means; "" when there are no others
	Result   any      // a pointer to a struct of what `register` keeps beside changed, skipped, failed and msg
	Check    string   // what it does when nothing may be changed: sentences
	Joint    string   // when one step does the work for all images: a clause; "" for never
	Builder  bool     // its work is done on a builder, which the keyword on picks
	Examples []string // tasks as a playbook has them, each YAML without its dash

	// Rule judges what no single field can tell, of arguments whose templates
	// are not expanded. It is asked only when every field is in order. Nil:
	// there is no such rule.
	Rule func(args document.Node) diag.List
}

// Judge tells what is wrong with arguments as written: unknown and missing
// keys, wrong types, words that are no choice, and what the rule says.
func (a Action) Judge(args document.Node) diag.List {
	args = given(args)
	known := args
	if a.Free != "" && args.Kind() == document.Mapping {
		known = document.Only(args, keysOf(a.Args))
	}
	found := document.Judge(known, reflect.New(reflect.TypeOf(a.Args).Elem()).Interface())
	if found == nil && a.Rule != nil {
		found = a.Rule(args)
	}
	return found
}

// given is a mapping also where no arguments were written, so that what is
// missing is missed.
func given(args document.Node) document.Node {
	if args.Kind() == document.Absent {
		return document.Of(nil, args.Pos())
	}
	return args
}

func keysOf(v any) map[string]bool {
	keys := map[string]bool{}
	for _, key := range document.Keys(v) {
		keys[key] = true
	}
	return keys
}

// Decode reads the arguments of a step, whose templates are expanded. Keys that
// were not given have their defaults.
func Decode[T any](args document.Node) (T, error) {
	var into T
	err := document.Decode(given(args), &into).Err()
	return into, err
}
