package lint

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// keyOrder wants the name of a play or task first: it is what one looks for.
func keyOrder() Rule {
	return Rule{
		Name: "key-order", Level: Warning, Fixes: true, Doc: "a play or a task whose name does not stand first",
		Bad: "- build:\n  name: Build\n", Good: "- name: Build\n  build:\n",
		check: func(l *look) {
			for n := range l.units() {
				if at := nameAt(n); at > 0 {
					l.tell(n.Entries()[at].Key.Pos(), "write it first", "the name does not stand first")
				}
			}
		},
	}
}

// units iterates over plays and tasks.
func (l *look) units() func(func(document.Node) bool) {
	return func(yield func(document.Node) bool) {
		for play := range l.plays() {
			if !yield(play) {
				return
			}
		}
		for t := range l.tasks() {
			if !yield(t.Node) {
				return
			}
		}
	}
}

// nameAt is the index of the entry that is the name, or -1.
func nameAt(n document.Node) int {
	for i, e := range n.Entries() {
		if e.Key.Text() == "name" {
			return i
		}
	}
	return -1
}

func trailingSpace() Rule {
	return Rule{
		Name: "trailing-space", Level: Warning, Fixes: true, Doc: "blanks at the end of a line",
		Bad: "- name: Build  \n  build:\n", Good: "- name: Build\n  build:\n",
		check: func(l *look) {
			for _, f := range l.files {
				for i, line := range strings.Split(string(f.Src), "\n") {
					text := strings.TrimSuffix(line, "\r")
					if kept := strings.TrimRight(text, " \t"); kept != text && f.mayTrim(i) {
						pos := diag.Pos{File: f.Name, Line: i + 1, Column: utf8.RuneCountInString(kept) + 1, End: utf8.RuneCountInString(text) + 1}
						l.tell(pos, "take them away", "the line ends with blanks")
					}
				}
			}
		},
	}
}

// mayTrim reports whether the blanks at the end of a line have no meaning: they
// may be part of a text.
func (f yamlFile) mayTrim(line int) bool {
	lines := strings.Split(string(f.Src), "\n")
	lines[line] = trimmed(lines[line])
	return sameMeaning(f.Name, f.root, []byte(strings.Join(lines, "\n")))
}

// trimmed is a line without the blanks at its end.
func trimmed(line string) string {
	text := strings.TrimSuffix(line, "\r")
	return strings.TrimRight(text, " \t") + line[len(text):]
}

func finalNewline() Rule {
	return Rule{
		Name: "final-newline", Level: Warning, Fixes: true, Doc: "a file whose last line does not end, or that ends with empty lines",
		Bad: "- name: Build\n  build:\n\n\n", Good: "- name: Build\n  build:\n",
		check: func(l *look) {
			for _, f := range l.files {
				if len(f.Src) == 0 || bytes.Equal(f.Src, endOnce(f.Src)) {
					continue
				}
				last := bytes.Count(bytes.TrimRight(f.Src, "\r\n"), []byte("\n")) + 1
				l.tell(diag.Pos{File: f.Name, Line: last}, "end the file with one newline", "the file does not end with one newline")
			}
		},
	}
}

// endOnce returns src with one newline at its end.
func endOnce(src []byte) []byte {
	newline := []byte("\n")
	if bytes.HasSuffix(src, []byte("\r\n")) {
		newline = []byte("\r\n")
	}
	return append(bytes.Clone(bytes.TrimRight(src, "\r\n")), newline...)
}
