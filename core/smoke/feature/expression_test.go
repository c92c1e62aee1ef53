package feature_test

import (
	"testing"

	"github.com/slipway-build/slipway/core/smoke/feature"
)

func TestExpressionMatches(t *testing.T) {
	tests := []struct {
		expression string
		tags       []string
		want       bool
	}{
		{"", nil, true},
		{"@a", []string{"@a"}, true},
		{"@a", []string{"@ab"}, false},
		{"not @a", nil, true},
		{"not not @a", []string{"@a"}, true},
		{"@a and not @b", []string{"@a"}, true},
		{"@a and not @b", []string{"@a", "@b"}, false},
		{"@a or @b and @c", []string{"@a"}, true},
		{"(@a or @b) and @c", []string{"@a"}, false},
		{"(@a or @b) and @c", []string{"@b", "@c"}, true},
		{"not (@a or @b)", []string{"@b"}, false},
		{"not @a or @b", []string{"@a", "@b"}, true},
		{"@image:web and(@slow)", []string{"@image:web", "@slow"}, true},
	}
	for _, tt := range tests {
		e, err := feature.ParseExpression(tt.expression)
		if err != nil {
			t.Errorf("ParseExpression(%q): %v", tt.expression, err)
			continue
		}
		if got := e.Matches(tt.tags); got != tt.want {
			t.Errorf("%q matches %q: %t, want %t", tt.expression, tt.tags, got, tt.want)
		}
	}
}

func TestExpressionErrors(t *testing.T) {
	tests := []struct{ expression, want string }{
		{"@a &&", `tag expression "@a &&", column 4: "&&" is one too many; put "and" or "or" between`},
		{"@a and", `tag expression "@a and", column 7: the end stands where a tag like "@smoke" is wanted`},
		{"@a @b", `tag expression "@a @b", column 4: "@b" is one too many; put "and" or "or" between`},
		{"@a,@b", `tag expression "@a,@b", column 1: "@a,@b" is an older notation; write "and", "or", "not" and parentheses`},
		{"~@b", `tag expression "~@b", column 1: "~@b" is an older notation; write "and", "or", "not" and parentheses`},
		{"(@a or @b", `tag expression "(@a or @b", column 10: the end stands where ")" is wanted`},
		{"@a)", `tag expression "@a)", column 3: ")" is one too many; put "and" or "or" between`},
		{"()", `tag expression "()", column 2: ")" stands where a tag like "@smoke" is wanted`},
		{"smoke", `tag expression "smoke", column 1: "smoke" stands where a tag like "@smoke" is wanted`},
		{"@ä and @", `tag expression "@ä and @", column 8: "@" stands where a tag like "@smoke" is wanted`},
	}
	for _, tt := range tests {
		_, err := feature.ParseExpression(tt.expression)
		if err == nil || err.Error() != tt.want {
			t.Errorf("ParseExpression(%q): %v, want %s", tt.expression, err, tt.want)
		}
	}
}

func FuzzParseExpression(f *testing.F) {
	for _, seed := range []string{"@a and not (@b or @c)", "((((", "not not", "@a)", "@ä or"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := feature.ParseExpression(text)
		if err != nil {
			return
		}
		again, err := feature.ParseExpression(e.String())
		if err != nil || again.Matches(nil) != e.Matches(nil) || again.Matches([]string{"@a"}) != e.Matches([]string{"@a"}) {
			t.Errorf("%q read again means something else (%v)", text, err)
		}
	})
}
