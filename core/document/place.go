package document

import (
	"strings"
	"unicode/utf8"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A style is how a scalar is written.
type style byte

const (
	plain   style = iota // a: text
	single               // a: 'text'
	double               // a: "text"
	literal              // a: |
	folded               // a: >
	whole                // the text is the file
)

// At returns the place of the bytes from to to of n's text. Quotes, escapes,
// indentation and folded lines are seen through, so that the place is the one
// that a person would underline. It is the place of all of n when the text does
// not stand in a file as it is, and its End is zero when what is meant goes
// over several lines.
func (n Node) At(from, to int) diag.Pos {
	pos := n.Pos()
	if n.Kind() != Scalar || from < 0 || from > to || to > len(n.data.text) {
		return pos
	}
	if n.data.source == nil {
		return n.within(from, to)
	}
	r := newRuler(n.data)
	if !r.advance(from) {
		return pos
	}
	out := r.pos(pos.File)
	if r.advance(to) && r.line == out.Line-1 {
		out.End = r.pos(pos.File).Column
	}
	return out
}

// within is At for a node that a program made of a word it knows the place of:
// as wide as the text, or wider by two quotes.
func (n Node) within(from, to int) diag.Pos {
	pos := n.Pos()
	quotes := pos.End - pos.Column - utf8.RuneCountInString(n.Text())
	if pos.Column == 0 || quotes != 0 && quotes != 2 {
		return pos
	}
	pos.Column += quotes/2 + utf8.RuneCountInString(n.Text()[:from])
	pos.End = pos.Column + utf8.RuneCountInString(n.Text()[from:to])
	return pos
}

// A ruler walks along a scalar's source and its text together.
type ruler struct {
	lines  []string
	text   string
	style  style
	indent int // of a block scalar, in bytes
	at     int // into text
	line   int // from zero
	column int // in bytes, from zero
}

func newRuler(d *data) *ruler {
	r := &ruler{lines: d.source.lines, text: d.text, style: d.style, line: d.pos.Line - 1}
	switch d.style {
	case whole:
	case literal, folded:
		r.line++
		r.indent = r.blockIndent(d.pos)
		r.column = min(r.indent, len(r.current()))
	default:
		r.column = byteColumn(r.current(), d.pos.Column)
		r.column += len(r.current()[r.column:]) - len(strings.TrimLeft(r.current()[r.column:], " ")) // after a tag
		if d.style != plain {
			r.column = min(r.column+1, len(r.current())) // the quote
		}
	}
	return r
}

// blockIndent is how far the lines of a block scalar are indented: as its first
// line that is not blank, unless its header says a number, which counts from
// the indentation of what it belongs to.
func (r *ruler) blockIndent(pos diag.Pos) int {
	header := r.lines[r.line-1]
	explicit := strings.ContainsAny(strings.TrimLeft(header[byteColumn(header, pos.Column):], "|>"), "123456789")
	lead := len(r.text) - len(strings.TrimLeft(r.text, " "))
	for _, line := range r.lines[min(r.line, len(r.lines)):] {
		if trimmed := strings.TrimLeft(line, " "); strings.TrimSpace(trimmed) != "" {
			indent := len(line) - len(trimmed)
			if explicit {
				indent = max(0, indent-lead)
			}
			return indent
		}
	}
	return 0
}

// byteColumn turns a column in runes from one into bytes from zero.
func byteColumn(line string, column int) int {
	at := 0
	for ; column > 1 && at < len(line); column-- {
		_, size := utf8.DecodeRuneInString(line[at:])
		at += size
	}
	return at
}

func (r *ruler) current() string {
	if r.line >= len(r.lines) {
		return ""
	}
	return r.lines[r.line]
}

func (r *ruler) pos(file string) diag.Pos {
	return diag.Pos{File: file, Line: r.line + 1, Column: utf8.RuneCountInString(r.current()[:r.column]) + 1}
}

// advance goes on to an offset of the text, and reports whether the source
// could be followed there.
func (r *ruler) advance(to int) bool {
	for r.at < to {
		if !r.step() {
			return false
		}
	}
	for r.at < len(r.text) && r.lineEnds() && r.text[r.at] != '\n' && r.text[r.at] != ' ' {
		if !r.nextLine() {
			return false
		}
	}
	return r.line < len(r.lines)
}

// step consumes one rune of the source, or the end of a line.
func (r *ruler) step() bool {
	if r.lineEnds() {
		if c := r.text[r.at]; (c == ' ' || c == '\n') && !r.escapedEnd() {
			r.at++
		}
		return r.nextLine()
	}
	return r.rune()
}

// lineEnds reports whether nothing of the text is left on the line.
func (r *ruler) lineEnds() bool {
	rest := r.current()[r.column:]
	switch r.style {
	case literal, folded, whole:
		return rest == ""
	case double:
		return strings.TrimSpace(rest) == "" || r.escapedEnd()
	default:
		return strings.TrimSpace(rest) == ""
	}
}

// escapedEnd reports whether a backslash takes the end of the line away.
func (r *ruler) escapedEnd() bool {
	return r.style == double && r.current()[r.column:] == `\`
}

func (r *ruler) nextLine() bool {
	r.line++
	if r.line >= len(r.lines) {
		return false
	}
	line := r.current()
	r.column = min(r.indent, len(line))
	if r.style < literal {
		r.column = len(line) - len(strings.TrimLeft(line, " \t"))
	}
	return true
}

// rune consumes one rune of both, or an escape and what it stands for.
func (r *ruler) rune() bool {
	rest := r.current()[r.column:]
	want, width := utf8.DecodeRuneInString(r.text[r.at:])
	size := r.escape(rest)
	if size == 0 {
		var got rune
		if got, size = utf8.DecodeRuneInString(rest); got != want {
			return false
		}
	}
	r.column = min(r.column+size, len(r.current()))
	r.at += width
	return true
}

// escape returns the length of the escape that rest begins with, or 0.
func (r *ruler) escape(rest string) int {
	switch {
	case r.style == single && strings.HasPrefix(rest, "''"):
		return 2
	case r.style != double || rest[0] != '\\' || len(rest) < 2:
		return 0
	}
	switch rest[1] {
	case 'x':
		return 4
	case 'u':
		return 6
	case 'U':
		return 10
	default:
		return 2
	}
}
