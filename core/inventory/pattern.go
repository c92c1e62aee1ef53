package inventory

import (
	"strings"
	"unicode/utf8"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// ComputedGroups returns the groups that are worked out while a run goes. They
// may be empty.
func ComputedGroups() []string {
	return []string{"built", "changed", "failed", "held", "passed", "promotable", "stale"}
}

// A Pattern chooses images: "apps,!web", "base+", "&nightly", "~web-.*",
// "apps[0]", "source:https://github.com/acme/*", "@images.txt". Terms are joined
// by commas; their order does not matter but for the order of the images: all
// plain terms add, then every "&" term keeps only what it names, then every "!"
// term takes away. Without a plain term the start is all images.
//
// A word is a group, or else an image; a glob or a regular expression (which
// must match whole names) is both. "all" and the computed groups are meant only
// where they are written. "[0]", "[0:2]", "[1:]" and "[:2]" choose among what a
// term names, by the order of the names; the end counts. "name+" is name and all
// that is built on it, "name+1" one level of that, "+name" name and all that it
// is built on. "@file" stands for the patterns in a file, one a line.
type Pattern struct {
	node  document.Node // the pattern as written
	lines bool          // it is a file: one pattern a line
	terms []term
}

// String returns the pattern as written.
func (p Pattern) String() string { return p.node.Text() }

// ReadPattern reads a pattern as it stands in a document.
func ReadPattern(n document.Node) (Pattern, diag.List) {
	p := Pattern{node: n}
	found := p.read(n.Text(), 0)
	return p, found
}

// ParsePattern reads a pattern that stands at pos, as it is.
func ParsePattern(text string, pos diag.Pos) (Pattern, diag.List) {
	if pos.Column > 0 {
		pos.End = pos.Column + utf8.RuneCountInString(text)
	}
	return ReadPattern(document.Of(text, pos))
}

// parsePatterns reads a file of patterns, one a line; what follows a "#" at the
// start of a line or after a blank is a comment.
func parsePatterns(path, text string) (Pattern, diag.List) {
	p := Pattern{node: document.Of(text, diag.Pos{File: path}), lines: true}
	var found diag.List
	at := 0
	for line := range strings.Lines(text) {
		pattern, _, _ := strings.Cut(" "+strings.TrimRight(line, "\r\n"), " #")
		if pattern = strings.TrimPrefix(pattern, " "); strings.TrimSpace(pattern) != "" {
			found.Add(p.read(pattern, at)...)
		}
		at += len(line)
	}
	if found == nil && len(p.terms) == 0 {
		found.Add(diag.Errorf("bad-pattern", diag.Pos{File: path}, "there is no pattern in this file").WithFix("write one pattern a line"))
	}
	return p, found
}

// read adds the terms of a text that begins at an offset of the pattern.
func (p *Pattern) read(text string, at int) diag.List {
	var found diag.List
	for part := range strings.SplitSeq(text, ",") {
		trimmed := strings.TrimSpace(part)
		t := term{text: trimmed, start: at + strings.Index(part, trimmed)}
		at += len(part) + 1
		if problem := t.parse(); problem.what != "" {
			d := diag.Errorf("bad-pattern", p.place(t.start+problem.from, t.start+problem.to), "in the pattern %q: %s", text, problem.what)
			if problem.fix != "" {
				d = d.WithFix("%s", problem.fix)
			}
			found.Add(d)
			continue
		}
		p.terms = append(p.terms, t)
	}
	return found
}

// place is where a part of the pattern stands.
func (p Pattern) place(from, to int) diag.Pos {
	pos := p.node.Pos()
	if !p.lines {
		return p.node.At(from, to)
	}
	before := p.node.Text()[:from]
	pos.Line = 1 + strings.Count(before, "\n")
	pos.Column = 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	pos.End = pos.Column + utf8.RuneCountInString(p.node.Text()[from:to])
	return pos
}

// of returns the place of a term.
func (p Pattern) of(t term) diag.Pos { return p.place(t.start, t.start+len(t.text)) }
