package step

import (
	"errors"
	"fmt"
	"strings"
)

// SplitCommand splits a command line into words as a shell does: at blanks,
// but not inside quotes, and a backslash takes the next rune as it is (inside
// double quotes: a quote or a backslash only). It expands nothing, and ; | & <
// > # are letters: a library that ends a command there would run half of it.
func SplitCommand(s string) ([]string, error) {
	var p splitter
	for _, r := range s {
		p.take(r)
	}
	p.end()
	switch {
	case p.quote != 0:
		return nil, fmt.Errorf("the command %q has an open %c", s, p.quote)
	case p.escaped:
		return nil, fmt.Errorf("the command %q ends in a backslash", s)
	case len(p.words) == 0:
		return nil, errors.New("the command is empty")
	}
	return p.words, nil
}

// A splitter is the state between two runes.
type splitter struct {
	words   []string
	word    strings.Builder
	started bool // there is a word, be it empty
	quote   rune // the open quote, or 0
	escaped bool // the last rune was a backslash
}

func (p *splitter) take(r rune) {
	switch {
	case p.escaped:
		if p.quote == '"' && r != '"' && r != '\\' {
			p.word.WriteByte('\\')
		}
		p.word.WriteRune(r)
		p.escaped = false
	case r == '\\' && p.quote != '\'':
		p.escaped, p.started = true, true
	case p.quote != 0 && r == p.quote:
		p.quote = 0
	case p.quote == 0 && (r == '"' || r == '\''):
		p.quote, p.started = r, true
	case p.quote == 0 && (r == ' ' || r == '\t'):
		p.end()
	default:
		p.word.WriteRune(r)
		p.started = true
	}
}

// end finishes the word that was begun.
func (p *splitter) end() {
	if p.started {
		p.words = append(p.words, p.word.String())
	}
	p.word.Reset()
	p.started = false
}
