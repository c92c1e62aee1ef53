package inventory

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// ComputedGroups returns the groups that are worked out while a run goes. They
// may be empty.
func ComputedGroups() []string {
	return []string{"built", "changed", "failed", "held", "passed", "promotable", "stale"}
}

// A Pattern chooses images: "apps,!web", "base+", "&nightly", "~web-.*",
// "apps[0]". Terms are joined by commas; their order does not matter but for
// the order of the images: all plain terms add, then every "&" term keeps only
// what it names, then every "!" term takes away. Without a plain term the start
// is all images.
type Pattern struct {
	text  string
	pos   diag.Pos
	terms []term
}

// String returns the pattern as written.
func (p Pattern) String() string { return p.text }

// A term is one part of a pattern.
type term struct {
	text       string // as written, for messages
	name       string // of a group or image, or a glob
	regexp     *regexp.Regexp
	mode       byte // '&', '!' or 0
	up, down   int  // levels of relatives: 0 none, -1 all
	from, to   int  // subscript, inclusive; meaningful when sliced
	sliced     bool
	end        bool // the slice goes to the end
	start, len int  // where it stands in the pattern
}

// ParsePattern reads a pattern that stands at pos.
func ParsePattern(text string, pos diag.Pos) (Pattern, diag.List) {
	p := Pattern{text: text, pos: pos}
	var found diag.List
	at := 0
	for part := range strings.SplitSeq(text, ",") {
		trimmed := strings.TrimSpace(part)
		t := term{text: trimmed, start: at + strings.Index(part, trimmed), len: len(trimmed)}
		at += len(part) + 1
		if problem := t.parse(); problem != "" {
			found.Add(diag.Errorf("bad-pattern", p.place(t), "in the pattern %q: %s", text, problem))
			continue
		}
		p.terms = append(p.terms, t)
	}
	return p, found
}

// place is where a term stands.
func (p Pattern) place(t term) diag.Pos {
	pos := p.pos
	if pos.Column > 0 {
		if pos.End-pos.Column >= len(p.text)+2 {
			pos.Column++ // the quote
		}
		pos.Column += t.start
		pos.End = pos.Column + t.len
	}
	return pos
}

// parse reads what stands in t.text and says what is wrong with it.
func (t *term) parse() string {
	rest := t.text
	if rest == "" {
		return "a term is empty"
	}
	if rest[0] == '!' || rest[0] == '&' {
		t.mode, rest = rest[0], rest[1:]
	}
	if expr, ok := strings.CutPrefix(rest, "~"); ok {
		re, err := regexp.Compile("^(?:" + expr + ")$")
		if err != nil {
			return "~" + expr + " is not a regular expression: " + strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		}
		t.regexp = re
		return ""
	}
	if after, ok := strings.CutPrefix(rest, "+"); ok {
		t.up, rest = -1, after
	}
	rest, problem := t.parseDown(rest)
	if problem == "" {
		t.name, problem = t.parseSubscript(rest)
	}
	switch {
	case problem != "":
		return problem
	case t.name == "":
		return "a term has no name"
	case hasColon(t.name) && !strings.HasPrefix(t.name, "source:"):
		return "terms are separated by ',' here, not by ':'"
	default:
		return ""
	}
}

// hasColon reports whether there is a colon outside of brackets.
func hasColon(name string) bool {
	inside := false
	for _, r := range name {
		switch r {
		case '[':
			inside = true
		case ']':
			inside = false
		case ':':
			if !inside {
				return true
			}
		}
	}
	return false
}

// parseDown reads "name+" and "name+2".
func (t *term) parseDown(rest string) (name, problem string) {
	name, levels, ok := strings.Cut(rest, "+")
	if !ok {
		return rest, ""
	}
	t.down = -1
	if levels == "" {
		return name, ""
	}
	n, err := strconv.Atoi(levels)
	if err != nil || n < 1 || strings.HasPrefix(levels, "+") {
		return "", "after '+' stands a number of levels, from 1, or nothing, not \"" + levels + "\""
	}
	t.down = n
	return name, ""
}

// parseSubscript reads "[1]", "[0:2]" (the end counts), "[1:]" and "[:2]". A
// bracket with anything else in it belongs to a glob.
func (t *term) parseSubscript(rest string) (name, problem string) {
	open := strings.LastIndexByte(rest, '[')
	if open <= 0 || !strings.HasSuffix(rest, "]") {
		return rest, ""
	}
	inner := rest[open+1 : len(rest)-1]
	if strings.Trim(inner, "-0123456789:") != "" || strings.Count(inner, ":") > 1 || strings.Trim(inner, ":-") == "" {
		return rest, ""
	}
	first, last, isRange := strings.Cut(inner, ":")
	t.sliced = true
	var err error
	if t.from, err = number(first); err != nil {
		return "", "[" + inner + "] is not a subscript"
	}
	t.to = t.from
	if isRange {
		if t.to, err = number(last); err != nil {
			return "", "[" + inner + "] is not a subscript"
		}
		t.end = last == ""
	}
	return rest[:open], ""
}

func number(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	return strconv.Atoi(text)
}
