package document

import (
	"strings"
)

// byteOrderMark may begin a file. It is no part of the first line.
const byteOrderMark = "\ufeff"

// A source is the lines of a file, shared by all its nodes.
type source struct {
	text   string
	lines  []string
	starts []int // where each begins in the file, in bytes
}

func newSource(src string) *source {
	s := &source{text: strings.TrimPrefix(src, byteOrderMark)}
	mark, begin := len(src)-len(s.text), 0
	for _, end := range lineEnds.FindAllStringIndex(s.text, -1) {
		s.lines, s.starts = append(s.lines, s.text[begin:end[0]]), append(s.starts, mark+begin)
		begin = end[1]
	}
	s.lines, s.starts = append(s.lines, s.text[begin:]), append(s.starts, mark+begin)
	return s
}

// documents returns the text of every document that says something, each after
// so many empty lines that its own have their numbers. They are read one by
// one because the library loses all that follows an empty one.
func (s *source) documents() []string {
	var out []string
	first, mark := 0, s.starts[0]
	end := func(next, offset int) {
		if says(s.lines[first:next]) {
			out = append(out, strings.Repeat("\n", first)+s.text[s.starts[first]-mark:offset])
		}
		first = next
	}
	for i, line := range s.lines {
		if i > 0 && opensDocument(line) {
			end(i, s.starts[i]-mark)
		}
	}
	end(len(s.lines), len(s.text))
	return out
}

// opensDocument reports whether a line is the mark between two documents. It
// is that wherever it stands at the beginning of a line.
func opensDocument(line string) bool {
	rest, ok := strings.CutPrefix(line, "---")
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

// says reports whether lines hold anything but marks, directives and comments.
func says(lines []string) bool {
	for _, line := range lines {
		text := strings.TrimSpace(line)
		if opensDocument(line) {
			text = strings.TrimSpace(line[3:])
		}
		if text != "" && text != "..." && text[0] != '#' && line[0] != '%' {
			return true
		}
	}
	return false
}
