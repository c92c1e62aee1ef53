package vars

import (
	"regexp"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A compiled template knows what it refers to.
type compiled struct {
	source    string // what was parsed
	shift     int    // bytes of source before what was written
	main      *parse.Tree
	trees     map[string]*parse.Tree // main, and what it defines
	refs      []reference
	functions []string     // that are called
	calls     []placedCall // in the order of the text
	secrets   []secretUse
	whole     bool // needs every variable: it uses the dot itself
	native    bool // its value is captured, not printed
	mistakes  []mistake
}

// A mistake is a diagnostic without a place in a file: templates of the same
// text stand in many.
type mistake struct {
	from, to           int // into source
	code, summary, fix string
	name               string // what is called that is no function; "" for other mistakes
}

// A reference is a chain of names that starts at the root: .image.name.
type reference struct {
	path     []string
	from, to int  // into source
	soft     bool // may be undefined
}

func compile(w written, functions template.FuncMap) *compiled {
	c := &compiled{source: w.text, trees: map[string]*parse.Tree{}}
	if w.bare {
		c.source, c.shift = "{{"+w.text+"}}", len("{{")
	}
	main, err := parseTemplate(c.source, c.trees)
	if err != nil {
		c.mistakes = []mistake{syntaxMistake(c.source, err)}
		return c
	}
	c.main = main
	c.trees[main.Name] = main
	action, sole := soleAction(main.Root)
	if w.bare && !sole {
		c.mistakes = []mistake{{from: c.shift, to: c.shift + len(w.text), code: "template", summary: "this is not one expression"}}
		return c
	}
	c.native = sole
	collect(c)
	survey(c, functions)
	if sole {
		capture(action)
	}
	return c
}

const mainName = "value"

func parseTemplate(source string, trees map[string]*parse.Tree) (*parse.Tree, error) {
	t := parse.New(mainName)
	t.Mode = parse.SkipFuncCheck
	return t.Parse(source, "", "", trees)
}

// soleAction returns the action of a text that is nothing but one action: it
// keeps the type of its value.
func soleAction(root *parse.ListNode) (*parse.ActionNode, bool) {
	var sole *parse.ActionNode
	for _, n := range root.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			if len(strings.TrimSpace(string(n.Text))) > 0 {
				return nil, false
			}
		case *parse.ActionNode:
			if sole != nil || len(n.Pipe.Decl) > 0 {
				return nil, false
			}
			sole = n
		default:
			return nil, false
		}
	}
	return sole, sole != nil
}

// capture makes {{ __value (pipe) }} of {{ pipe }}.
func capture(a *parse.ActionNode) {
	call := parse.NewIdentifier("__value").SetPos(a.Pos)
	a.Pipe = pipeOf(a.Pos, call, a.Pipe)
}

// wrong returns the mistakes as they stand in n.
func (c *compiled) wrong(n document.Node) diag.List {
	var found diag.List
	for _, m := range c.mistakes {
		found.Add(diag.Diagnostic{Code: m.code, Summary: m.summary, Fix: m.fix, Pos: c.place(n, m.from, m.to)})
	}
	return found
}

// place is where a part of the source stands in n.
func (c *compiled) place(n document.Node, from, to int) diag.Pos {
	last := len(n.Text())
	from = min(max(from-c.shift, 0), last)
	return n.At(from, min(max(to-c.shift, from), last))
}

// syntaxMistake finds which action the parser stumbled over: it tells a line
// at most.
func syntaxMistake(source string, err error) mistake {
	message := parseMessage(err)
	m := mistake{code: "template", summary: message}
	m.from = guilty(source, m.summary)
	m.to = len(source)
	if end := strings.Index(source[m.from:], "}}"); end >= 0 {
		m.to = m.from + end + len("}}")
	}
	if message == "unexpected EOF" {
		m.summary = source[m.from:m.to] + " is never ended"
	}
	m.fix = fromJinja(source[m.from:m.to])
	if m.fix == "" && message == "unexpected EOF" {
		m.fix = "put {{ end }} behind what it is about"
	}
	return m
}

// guilty returns where the action begins without which the parser would not
// say message.
func guilty(source, message string) int {
	last := max(0, strings.LastIndex(source, "{{"))
	if message == "unexpected EOF" {
		return unended(source, last)
	}
	for start := strings.Index(source, "{{"); start >= 0 && start < last; {
		next := start + 2 + strings.Index(source[start+2:], "{{")
		if _, err := parseTemplate(source[:next], map[string]*parse.Tree{}); err != nil && parseMessage(err) == message {
			return start
		}
		start = next
	}
	return last
}

var control = regexp.MustCompile(`{{-?\s*(if|range|with|block|define|end)\b`)

// unended returns where the innermost action begins that has no end.
func unended(source string, otherwise int) int {
	var open []int
	for _, m := range control.FindAllStringSubmatchIndex(source, -1) {
		if source[m[2]:m[3]] != "end" {
			open = append(open, m[0])
		} else if len(open) > 0 {
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 {
		return otherwise
	}
	return open[len(open)-1]
}

// parseMessage is a parse error without the template's made-up name.
func parseMessage(err error) string {
	_, message, ok := strings.Cut(err.Error(), "template: "+mainName+":")
	if !ok {
		return err.Error()
	}
	if _, after, ok := strings.Cut(message, ": "); ok {
		message = after
	}
	return message
}
