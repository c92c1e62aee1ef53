package step

import (
	"fmt"
	"regexp"
	"strings"
)

// A pattern is a compiled Definition.Pattern.
type pattern struct {
	expr  *regexp.Regexp
	plain *regexp.Regexp // the same without capturing groups
	kinds []kind
}

// compile makes the expression that matches what s describes, from end to end.
func compile(s string) (pattern, error) {
	var p pattern
	var capturing, plain strings.Builder
	rest := s
	for {
		literal, tail, found := strings.Cut(rest, "{")
		capturing.WriteString(regexp.QuoteMeta(literal))
		plain.WriteString(regexp.QuoteMeta(literal))
		if !found {
			break
		}
		name, after, closed := strings.Cut(tail, "}")
		k, known := kindOf(name)
		if !closed || !known {
			return pattern{}, fmt.Errorf("the pattern %q has the unknown parameter {%s}", s, name)
		}
		capturing.WriteString(k.expr)
		plain.WriteString(strings.Replace(k.expr, "(", "(?:", 1))
		p.kinds = append(p.kinds, k)
		rest = after
	}
	var err error
	if p.expr, err = regexp.Compile("^" + capturing.String() + "$"); err != nil {
		return pattern{}, fmt.Errorf("compiling the pattern %q: %w", s, err)
	}
	p.plain, err = regexp.Compile("^" + plain.String() + "$")
	return p, err
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
