package document_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Every text has X where the place is looked for, in the source and in what
// was read.
func TestAt(t *testing.T) {
	tests := []struct{ name, src string }{
		{"plain", "a: b X c"},
		{"plain after wide runes", "é: öö X"},
		{"plain over lines", "a: one\n  two\n\n  three X four"},
		{"single quoted", "a: 'b X'"},
		{"single quote inside", "a: 'it''s '' X'"},
		{"single quoted over lines", "a: 'one\n  two\n\n\n  X'"},
		{"double quoted", `a: "b X"`},
		{"escapes", `a: "\"\t\\ \x41 \u00e9 \n X"`},
		{"double quoted over lines", "a: \"one\n  two X\""},
		{"escaped line end", "a: \"one \\\n   two X\""},
		{"literal", "a: |\n  one\n\n  two X\n"},
		{"literal, deeper line", "a: |\n  one\n    two X\n"},
		{"literal, stripped", "a:\n- |-\n  one\n  X"},
		{"literal with a number", "a: |2\n    one\n  X\n"},
		{"literal with an empty line first", "a: |\n\n  one X\n"},
		{"folded", "a: >\n  one\n  two\n\n  three X\n"},
		{"folded, deeper lines", "a: >\n  one\n\n    two\n    X\n  three\n"},
		{"folded, kept", "a: >+\n  one\n  X\n\n"},
		{"in a flow list", `a: [b, 'c', "d X"]`},
		{"as an alias", "b: &b 'one X'\na: *b"},
		{"tagged", "a: !!str 'one X'"},
		{"carriage returns", "a: |\r\n  one\r\n  X\r\n"},
		{"first on its line", "a: |\n  one\n  X\n"},
		{"first of all", "a: X"},
		{"key", "'it''s X': a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var n document.Node
			root := parse(t, tt.src)
			visit := func(leaf document.Node) {
				if strings.Contains(leaf.Text(), "X") {
					n = leaf
				}
			}
			visit(root.Entries()[0].Key)
			document.Walk(root, visit)
			before, after, _ := strings.Cut(tt.src, "X")
			line := before[strings.LastIndex(before, "\n")+1:]
			column := len([]rune(line)) + 1
			want := [3]int{strings.Count(before, "\n") + 1, column, column + 1}
			at := strings.Index(n.Text(), "X")
			pos := n.At(at, at+1)
			if diff := cmp.Diff(want, [3]int{pos.Line, pos.Column, pos.End}); diff != "" {
				t.Errorf("%q of %q, before %q, line, column, end (-want +got):\n%s", n.Text(), tt.src, after, diff)
			}
		})
	}
}

func TestAtWhereNothingIsKnown(t *testing.T) {
	n := parse(t, "a: text")
	whole := n.Get("a").Pos()
	made := document.Of("made of more", whole)
	for name, got := range map[string]any{
		"before": n.Get("a").At(-1, 0), "behind": n.Get("a").At(2, 9), "made": made.At(1, 2),
	} {
		if got != whole {
			t.Errorf("%s: %v, want %v", name, got, whole)
		}
	}
	if got := n.At(0, 0); got != n.Pos() {
		t.Errorf("of a mapping: %v", got)
	}
}

// A word that a program made a node of again stands where it stood.
func TestAtOfAWord(t *testing.T) {
	n := parse(t, "[tëxt, 'tëxt']")
	for i, want := range []int{4, 11} {
		word := n.Items()[i]
		if pos := document.Of(word.Text(), word.Pos()).At(3, 4); pos.Column != want || pos.End != want+1 {
			t.Errorf("%d: %v to %d, want column %d", i, pos, pos.End, want)
		}
	}
}

// Of a text that has any place, the place holds the rune that is asked for,
// unless it was written in another way.
func FuzzAt(f *testing.F) {
	for _, seed := range []string{"a: 'b''c'", "a: \"x\\\n  y\"", "a: |2-\n   x", "a: >\n x\n\n  y", "- [a, b c]\r\n", "a: \"\\u00e9\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		n, ds := document.Parse("f", []byte(src))
		if ds != nil {
			return
		}
		document.Walk(n, func(leaf document.Node) {
			for i := range min(len(leaf.Text()), 200) {
				if pos := leaf.At(i, i); pos.Line < 1 || pos.Line > 1+strings.Count(src, "\n")+strings.Count(src, "\r") || pos.Column < 1 {
					t.Fatalf("byte %d of %q stands at %v", i, leaf.Text(), pos)
				}
			}
		})
	})
}

func TestTextKnowsItsPlaces(t *testing.T) {
	const content = "first\r\n  zweite Zeile, größer\n\nlast"
	n := document.Text("web.conf", content)
	for _, word := range []struct {
		text         string
		line, column int
	}{{"first", 1, 1}, {"zweite", 2, 3}, {"größer", 2, 17}, {"last", 4, 1}} {
		at := strings.Index(content, word.text)
		want := diag.Pos{File: "web.conf", Line: word.line, Column: word.column, End: word.column + utf8.RuneCountInString(word.text)}
		if diff := cmp.Diff(want, n.At(at, at+len(word.text))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", word.text, diff)
		}
	}
	if n.Value() != any(content) {
		t.Errorf("%q", n.Value())
	}
}
