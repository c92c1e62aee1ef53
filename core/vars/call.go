package vars

import (
	"text/template/parse"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Call is a call of a function as a template has it.
type Call struct {
	Function string
	Args     []string // as written; what is piped into it is none of them
	Text     string   // the whole, with single blanks
	Pos      diag.Pos
}

// Calls returns the calls in the templates of n. bare says that n is an
// expression without braces.
func (ts *Templates) Calls(n document.Node, bare bool) []Call {
	var calls []Call
	document.Walk(n, func(leaf document.Node) {
		if !bare && !hasTemplate(leaf.Text()) {
			return
		}
		c := ts.get(written{text: leaf.Text(), bare: bare})
		for _, call := range c.calls {
			call.Pos = c.place(leaf, call.from, call.from+len(call.Text))
			calls = append(calls, call.Call)
		}
	})
	return calls
}

// A placedCall is a call without a place in a file.
type placedCall struct {
	Call
	from int // into the source
}

// noteCall keeps a call as it is written.
func (c *compiled) noteCall(cmd *parse.CommandNode) {
	name := functionName(cmd)
	if name == "" {
		return
	}
	call := placedCall{Call{Function: name, Text: cmd.String()}, int(cmd.Args[0].Position())}
	for _, arg := range cmd.Args[1:] {
		call.Args = append(call.Args, arg.String())
	}
	c.calls = append(c.calls, call)
}
