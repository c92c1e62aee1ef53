package step

import (
	"fmt"
	"regexp"
	"strings"
)

// A pattern is a compiled Definition.Pattern.
type pattern struct {
	expr  *regexp.Regexp
	kinds []kind
}

// compile makes the expression that matches what s describes, from end to end.
func compile(s string) (pattern, error) {
	var p pattern
	var b strings.Builder
	b.WriteByte('^')
	rest := s
	for {
		literal, tail, found := strings.Cut(rest, "{")
		b.WriteString(regexp.QuoteMeta(literal))
		if !found {
			break
		}
		name, after, closed := strings.Cut(tail, "}")
		k, known := kindOf(name)
		if !closed || !known {
			return pattern{}, fmt.Errorf("the pattern %q has the unknown parameter {%s}", s, name)
		}
		b.WriteString(k.expr)
		p.kinds = append(p.kinds, k)
		rest = after
	}
	b.WriteByte('$')
	expr, err := regexp.Compile(b.String())
	if err != nil {
		return pattern{}, fmt.Errorf("compiling the pattern %q: %w", s, err)
	}
	p.expr = expr
	return p, nil
}

// captures returns the arguments in text as they stand there, with \" made a
// quote, and whether text matches at all.
func (p pattern) captures(text string) ([]string, bool) {
	found := p.expr.FindStringSubmatch(text)
	if found == nil {
		return nil, false
	}
	raw := found[1:]
	for i := range raw {
		raw[i] = strings.ReplaceAll(raw[i], `\"`, `"`)
	}
	return raw, true
}
