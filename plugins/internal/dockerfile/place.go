package dockerfile

import (
	"strings"
	"unicode/utf8"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/slipway-build/slipway/sdk/diag"
)

// place finds the word of an instruction in the source, since the parser
// keeps lines only. A word that is not found stands for its first line.
func (f *File) place(node *parser.Node, word string) diag.Pos {
	for n := node.StartLine; n <= node.EndLine && n <= len(f.lines); n++ {
		line := f.lines[n-1]
		at := indexWord(line, word)
		if at < 0 {
			continue
		}
		column := utf8.RuneCountInString(line[:at]) + 1
		return diag.Pos{File: f.name, Line: n, Column: column, End: column + utf8.RuneCountInString(word)}
	}
	return diag.Pos{File: f.name, Line: node.StartLine}
}

// indexWord is the offset of word in line where nothing that could belong to
// a longer word stands on either side of it; the case does not count, as the
// parser lowers that of instructions.
func indexWord(line, word string) int {
	if word == "" {
		return -1
	}
	for start := 0; start+len(word) <= len(line); start++ {
		end := start + len(word)
		if strings.EqualFold(line[start:end], word) && edge(line, start-1) && edge(line, end) {
			return start
		}
	}
	return -1
}

// edge reports whether a word may end at the byte next to it.
func edge(line string, i int) bool {
	return i < 0 || i >= len(line) || strings.IndexByte(" \t\r\"'=,[]\\", line[i]) >= 0
}
