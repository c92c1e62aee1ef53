package document

import "strings"

// A Span is where the text of a scalar stands in its file: the bytes from Start
// to before End, quotes left out.
type Span struct {
	Start, End int
	Plain      bool // without quotes, and not in a block of its own
}

// Span returns where the text of a scalar that stands on one line is. A line
// end that closes a block scalar is no part of it.
func (n Node) Span() (Span, bool) {
	if n.Kind() != Scalar || n.data.source == nil {
		return Span{}, false
	}
	r := newRuler(n.data)
	if r.line >= len(r.lines) || !r.advance(0) {
		return Span{}, false
	}
	line, start := r.line, r.offset(n.data.source)
	if !r.advance(len(strings.TrimRight(n.data.text, "\n"))) || r.line != line {
		return Span{}, false
	}
	return Span{Start: start, End: r.offset(n.data.source), Plain: n.data.style == plain}, true
}

func (r *ruler) offset(s *source) int { return s.starts[r.line] + r.column }
