package feature

import (
	"fmt"
	"slices"
	"strings"
)

// An Expression chooses scenarios by their tags, as Cucumber's do:
// "@smoke and not (@slow or @wip)". "not" binds closest, then "and", then
// "or". The zero Expression matches all.
type Expression struct {
	text string
	node node
}

// An ExpressionError is a tag expression that cannot be read.
type ExpressionError struct {
	Text   string
	Column int    // where, counted in runes from one
	Reason string // what was found and what was wanted
}

// Error returns `tag expression "…", column n: reason`.
func (e *ExpressionError) Error() string {
	return fmt.Sprintf("tag expression %q, column %d: %s", e.Text, e.Column, e.Reason)
}

// ParseExpression reads a tag expression. The empty text matches all. The
// error is an *ExpressionError.
func ParseExpression(text string) (Expression, error) {
	p := &expressionParser{text: text, words: scan(text)}
	if len(p.words) == 0 {
		return Expression{}, nil
	}
	n, err := p.or(0)
	if err != nil {
		return Expression{}, err
	}
	if w, more := p.peek(); more {
		return Expression{}, p.wrong(w, `is one too many; put "and" or "or" between`)
	}
	return Expression{text: text, node: n}, nil
}

// Matches reports whether a scenario with the given tags is chosen.
func (e Expression) Matches(tags []string) bool { return e.node == nil || e.node(tags) }

// String returns the expression as it was written.
func (e Expression) String() string { return e.text }

// A node decides on tags.
type node func(tags []string) bool

type word struct {
	text   string
	column int
}

// scan splits the text into words and parentheses.
func scan(text string) []word {
	var words []word
	inside := false
	for i, r := range []rune(text) {
		switch {
		case r == '(' || r == ')':
			words, inside = append(words, word{string(r), i + 1}), false
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			inside = false
		case inside:
			words[len(words)-1].text += string(r)
		default:
			words, inside = append(words, word{string(r), i + 1}), true
		}
	}
	return words
}

// maxDepth bounds the nesting, so that no input can exhaust the stack.
const maxDepth = 200

type expressionParser struct {
	text  string
	words []word
	next  int
}

func (p *expressionParser) peek() (word, bool) {
	if p.next < len(p.words) {
		return p.words[p.next], true
	}
	return word{column: len([]rune(p.text)) + 1}, false
}

func (p *expressionParser) accept(text string) bool {
	if w, ok := p.peek(); ok && w.text == text {
		p.next++
		return true
	}
	return false
}

func (p *expressionParser) wrong(w word, reason string) error {
	found := fmt.Sprintf("%q", w.text)
	if w.text == "" {
		found = "the end"
	}
	return &ExpressionError{Text: p.text, Column: w.column, Reason: found + " " + reason}
}

func (p *expressionParser) or(depth int) (node, error) {
	left, err := p.and(depth)
	for err == nil && p.accept("or") {
		var right node
		if right, err = p.and(depth); err == nil {
			a := left
			left = func(tags []string) bool { return a(tags) || right(tags) }
		}
	}
	return left, err
}

func (p *expressionParser) and(depth int) (node, error) {
	left, err := p.not(depth)
	for err == nil && p.accept("and") {
		var right node
		if right, err = p.not(depth); err == nil {
			a := left
			left = func(tags []string) bool { return a(tags) && right(tags) }
		}
	}
	return left, err
}

func (p *expressionParser) not(depth int) (node, error) {
	w, _ := p.peek()
	if depth > maxDepth {
		return nil, p.wrong(w, "is nested too deep")
	}
	if p.accept("not") {
		operand, err := p.not(depth + 1)
		if err != nil {
			return nil, err
		}
		return func(tags []string) bool { return !operand(tags) }, nil
	}
	if p.accept("(") {
		inner, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if end, _ := p.peek(); !p.accept(")") {
			return nil, p.wrong(end, `stands where ")" is wanted`)
		}
		return inner, nil
	}
	return p.tag(w)
}

func (p *expressionParser) tag(w word) (node, error) {
	switch {
	case strings.ContainsAny(w.text, "&|~!,"):
		return nil, p.wrong(w, `is an older notation; write "and", "or", "not" and parentheses`)
	case !strings.HasPrefix(w.text, "@") || len(w.text) == 1:
		return nil, p.wrong(w, `stands where a tag like "@smoke" is wanted`)
	}
	p.next++
	return func(tags []string) bool { return slices.Contains(tags, w.text) }, nil
}
