package inventory

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A term is one part of a pattern.
type term struct {
	text     string // as written, for messages
	start    int    // where it stands in the pattern
	name     string // of a group or image, or a glob
	regexp   *regexp.Regexp
	source   string // a repository, normalised; may be a glob
	file     string // of patterns
	mode     byte   // '&', '!' or 0
	up, down int    // levels of relatives: 0 none, -1 all
	from, to int    // subscript, inclusive; meaningful when sliced
	sliced   bool
	end      bool // the slice goes to the end
}

// A problem is what is wrong with a part of a term, from byte from to byte to.
type problem struct {
	what, fix string
	from, to  int
}

// wrong is a problem with the whole term.
func (t *term) wrong(what string) problem { return problem{what: what, to: len(t.text)} }

// parse reads what stands in t.text.
func (t *term) parse() problem {
	rest := t.text
	if rest == "" {
		return problem{what: "a term is empty"}
	}
	if rest[0] == '!' || rest[0] == '&' {
		t.mode, rest = rest[0], rest[1:]
	}
	switch {
	case strings.HasPrefix(rest, "~"):
		return t.parseRegexp(rest[1:])
	case strings.HasPrefix(rest, "@"):
		if t.file = rest[1:]; t.file == "" {
			return t.wrong("after '@' stands the name of a file")
		}
		return problem{}
	}
	if after, ok := strings.CutPrefix(rest, "+"); ok {
		t.up, rest = -1, after
	}
	if after, ok := strings.CutPrefix(rest, "source:"); ok {
		return t.parseSource(after)
	}
	return t.parseName(rest)
}

func (t *term) parseRegexp(expr string) problem {
	re, err := regexp.Compile("^(?:" + expr + ")$")
	if err == nil {
		_, err = regexp.Compile(expr) // a bracket that closes ours is no better
	}
	if err != nil {
		message := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		if _, alone := regexp.Compile(expr); alone != nil {
			message = strings.TrimPrefix(alone.Error(), "error parsing regexp: ")
		}
		return t.wrong("~" + expr + " is not a regular expression: " + message)
	}
	t.regexp = re
	return problem{}
}

var descendants = regexp.MustCompile(`\+\d*$`)

// parseSource reads the repository of "source:URL"; only a '+' at its end, with
// or without a number, is ours.
func (t *term) parseSource(rest string) problem {
	suffix := descendants.FindString(rest)
	rest = strings.TrimSuffix(rest, suffix)
	if _, p := t.parseDown(suffix); p.what != "" {
		return p
	}
	t.source = NormalizeSource(rest)
	if _, err := path.Match(t.source, ""); err != nil || t.source == "" {
		return t.wrong("after 'source:' stands the URL of a repository, in which '*' is anything but a slash")
	}
	return problem{}
}

func (t *term) parseName(rest string) problem {
	name, p := t.parseDown(rest)
	if p.what == "" {
		t.name, p = t.parseSubscript(name)
	}
	if p.what != "" {
		return p
	}
	if at := colon(t.text); at >= 0 {
		return problem{what: "terms are separated by ',' here, not by ':'", fix: "write " + t.text[:at] + "," + t.text[at+1:], from: at, to: at + 1}
	}
	t.name = strings.ReplaceAll(t.name, "[!", "[^") // as shells write "none of"
	if _, err := path.Match(t.name, ""); err != nil {
		return t.wrong("the bracket of a glob is not closed")
	}
	if t.name == "" {
		return t.wrong("a term has no name")
	}
	return problem{}
}

// colon returns where there is a colon outside of brackets, or -1.
func colon(text string) int {
	inside := false
	for i, r := range text {
		switch r {
		case '[':
			inside = true
		case ']':
			inside = false
		case ':':
			if !inside {
				return i
			}
		}
	}
	return -1
}

// parseDown reads "name+" and "name+2".
func (t *term) parseDown(rest string) (name string, p problem) {
	name, levels, ok := strings.Cut(rest, "+")
	if !ok {
		return rest, problem{}
	}
	t.down = -1
	if levels == "" {
		return name, problem{}
	}
	n, err := strconv.Atoi(levels)
	if err != nil || n < 1 || strings.HasPrefix(levels, "+") {
		from := len(t.text) - len(levels)
		return "", problem{what: "after '+' stands a number of levels, from 1, or nothing, not \"" + levels + "\"", from: from, to: len(t.text)}
	}
	t.down = n
	return name, problem{}
}

// parseSubscript reads "[1]", "[0:2]" (the end counts), "[1:]" and "[:2]". A
// bracket with anything else in it belongs to a glob.
func (t *term) parseSubscript(rest string) (name string, p problem) {
	open := strings.LastIndexByte(rest, '[')
	if open <= 0 || !strings.HasSuffix(rest, "]") {
		return rest, problem{}
	}
	inner := rest[open+1 : len(rest)-1]
	if strings.Trim(inner, "-0123456789:") != "" || strings.Count(inner, ":") > 1 || strings.Trim(inner, ":-") == "" {
		return rest, problem{}
	}
	first, last, isRange := strings.Cut(inner, ":")
	from, err := subscript(first, 0)
	to := from
	if isRange && err == nil {
		to, err = subscript(last, 0)
	}
	if err != nil {
		at := strings.Index(t.text, "["+inner+"]")
		return "", problem{what: "[" + inner + "] is not a subscript", fix: "write [0], [0:2], [1:] or [:2] to choose among them, the end counts; a digit of a name is ~" + rest[:open] + "[0-9]", from: at, to: at + len(inner) + 2}
	}
	t.sliced, t.from, t.to, t.end = true, from, to, isRange && last == ""
	return rest[:open], problem{}
}

// subscript reads one end of a subscript.
func subscript(text string, missing int) (int, error) {
	if text == "" {
		return missing, nil
	}
	return strconv.Atoi(text)
}
