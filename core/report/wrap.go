package report

import (
	"strings"
	"unicode/utf8"
)

// wrap breaks a line of prose between words where the terminal would break it
// anywhere; the lines that follow the first begin with indent. Where there is
// no terminal, and nothing is said of its width, nothing is broken: whoever
// searches the text finds it as it was said.
func (s Style) wrap(line, indent string) string {
	if s.Width <= 0 || utf8.RuneCountInString(line) <= s.Width {
		return line
	}
	var lines []string
	current := ""
	for _, word := range strings.SplitAfter(line, " ") {
		fits := utf8.RuneCountInString(current+strings.TrimRight(word, " ")) <= s.Width
		if !fits && strings.TrimSpace(current) != "" {
			lines = append(lines, strings.TrimRight(current, " "))
			current = indent
		}
		current += word
	}
	return strings.Join(append(lines, current), "\n")
}
