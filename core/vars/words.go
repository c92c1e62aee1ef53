package vars

import "strings"

// Words splits a text as Ansible splits -e and the arguments of a module that
// stand in one line: at blanks, but not between quotes or braces. What is quoted
// as a whole keeps its quotes; see [CutPair].
func Words(text string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	braces := 0
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
		}
		word.Reset()
	}
	for _, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			braces++
		case c == '}':
			braces--
		case strings.ContainsRune(" \t\r\n", c) && braces <= 0:
			end()
			continue
		}
		word.WriteRune(c)
	}
	end()
	return words
}

// CutPair reads one of [Words] as "name=value"; ok is false when it is something
// else. A value loses the quotes that are around all of it.
func CutPair(word string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(word, "=")
	if !ok || name == "" || strings.ContainsAny(name, `"'{}`) {
		return "", "", false
	}
	if n := len(value); n >= 2 && value[0] == value[n-1] && (value[0] == '"' || value[0] == '\'') {
		value = value[1 : n-1]
	}
	return name, value, true
}
