package document

import "strings"

// byteOrderMark may begin a file. It is no part of the first line.
const byteOrderMark = "\ufeff"

// A source is the lines of a file, shared by all its nodes.
type source struct {
	lines  []string
	starts []int // where each begins in the file, in bytes
}

func newSource(src string) *source {
	s, begin := new(source), 0
	if strings.HasPrefix(src, byteOrderMark) {
		begin = len(byteOrderMark)
	}
	for _, end := range lineEnds.FindAllStringIndex(src, -1) {
		s.lines, s.starts = append(s.lines, src[begin:end[0]]), append(s.starts, begin)
		begin = end[1]
	}
	s.lines, s.starts = append(s.lines, src[begin:]), append(s.starts, begin)
	return s
}

// documents returns the text of every document that says something, each after
// so many empty lines that its own have their numbers. They are read one by
// one because the library loses all that follows an empty one, and with line
// ends of one kind because it counts those of Windows twice after a comment.
func (s *source) documents() []string {
	var out []string
	first := 0
	for i, line := range s.lines {
		if i > 0 && opensDocument(line) {
			if lines := s.lines[first:i]; says(lines) {
				out = append(out, strings.Repeat("\n", first)+strings.Join(lines, "\n")+"\n")
			}
			first = i
		}
	}
	if lines := s.lines[first:]; says(lines) {
		out = append(out, strings.Repeat("\n", first)+strings.Join(lines, "\n"))
	}
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
