package vars

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"text/template"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// maxOutput bounds what one template may print, in bytes.
const maxOutput = 16 << 20

// execute runs the template of n over data.
func (d Data) execute(c *compiled, n document.Node, data map[string]any) (any, diag.List) {
	var value any
	t, err := d.bind(c, n, &value)
	if err == nil {
		var out output
		if err = t.Execute(&out, data); err == nil && !c.native {
			value = out.String()
		}
	}
	if err != nil {
		return nil, diag.List{c.executionError(n, err)}
	}
	return value, nil
}

// bind gives a compiled template its functions. It is new each time, because
// functions such as now answer by who asks; only those that are called are
// bound.
func (d Data) bind(c *compiled, n document.Node, value *any) (*template.Template, error) {
	bound := template.FuncMap{
		"__value":   func(v any) string { *value = v; return "" },
		"__text":    Text,
		"__soft":    softly,
		"__bounded": boundedRange,
	}
	if len(c.functions) > 0 {
		shared, own := d.templates().functions, d.functions(n)
		for _, name := range c.functions {
			if f, ok := own[name]; ok {
				bound[name] = f
			} else if f, ok := shared[name]; ok {
				bound[name] = f
			}
		}
	}
	t := template.New(mainName).Funcs(bound).Option("missingkey=error")
	for name, tree := range c.trees {
		if _, err := t.AddParseTree(name, tree); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// functions are those whose answer depends on who asks.
func (d Data) functions(n document.Node) template.FuncMap {
	own := clock{now: d.Now}.functions()
	own["file"] = files{dir: filepath.Dir(n.Pos().File)}.read
	own["secret"] = d.secret
	return own
}

// An output is text up to a bound.
type output struct{ strings.Builder }

// Write refuses what goes beyond the bound.
func (o *output) Write(p []byte) (int, error) {
	if o.Len()+len(p) > maxOutput {
		return 0, fmt.Errorf("the text comes to more than %d MiB", maxOutput>>20)
	}
	return o.Builder.Write(p)
}

// where is how text/template begins its messages: name, line from one, byte of
// the line from zero.
var where = regexp.MustCompile(`^template: [^:]*:(\d+):(\d+): `)

// executionError gives what a template stopped at its place in n, without the
// wrapping of text/template.
func (c *compiled) executionError(n document.Node, err error) diag.Diagnostic {
	pos := n.Pos()
	if m := where.FindStringSubmatch(err.Error()); m != nil {
		from := offsetOf(c.source, m[1], m[2])
		pos = c.place(n, from, from+wordAt(c.source, from))
	}
	if d, ok := errors.AsType[diag.Diagnostic](err); ok {
		d.Pos = pos
		return d
	}
	return diag.Errorf("template", pos, "expanding %q: %s", shorten(n.Text()), plainWords(err))
}

func offsetOf(source, line, column string) int {
	at := 0
	n, _ := strconv.Atoi(line)
	for ; n > 1; n-- {
		next := strings.IndexByte(source[at:], '\n')
		if next < 0 {
			return at
		}
		at += next + 1
	}
	col, _ := strconv.Atoi(column)
	return min(at+col, len(source))
}

var word = regexp.MustCompile(`^[\w.$]+`)

func wordAt(source string, at int) int { return len(word.FindString(source[at:])) }

// plainWords takes the wrapping off, and Go's words for what a user sees.
func plainWords(err error) string {
	exec, ok := errors.AsType[template.ExecError](err)
	if !ok {
		return err.Error()
	}
	if inner := errors.Unwrap(exec.Err); inner != nil {
		return inner.Error()
	}
	message := exec.Err.Error()
	if _, after, ok := strings.Cut(message, ">: "); ok {
		message = after
	}
	message = noEntry.ReplaceAllString(message, "there is no $1 in it")
	message = noField.ReplaceAllString(message, "there can be no $1 below this value")
	return nilField.ReplaceAllString(message, "there is no $1 below nothing")
}

var (
	noEntry  = regexp.MustCompile(`map has no entry for key ("[^"]*")`)
	noField  = regexp.MustCompile(`can't evaluate field (\w+) in type .*`)
	nilField = regexp.MustCompile(`nil (?:data; no entry for key|pointer evaluating interface \{\}\.)"?(\w+)"?`)
)

func shorten(text string) string {
	if line, _, more := strings.Cut(text, "\n"); more {
		return line + "…"
	}
	return text
}
