package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

func parse(t *testing.T, src string) document.Node {
	t.Helper()
	n, ds := document.Parse("f.yml", []byte(src))
	if err := ds.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestParseValues(t *testing.T) {
	tests := []struct {
		name, src string
		want      any
	}{
		{"empty", "", nil},
		{"comment alone", "# nothing\n", nil},
		{"words", `{a: x, b: "y z", c: 'it''s', d: "tab\there"}`, map[string]any{"a": "x", "b": "y z", "c": "it's", "d": "tab\there"}},
		{"nothing", "a:\nb: ~\nc: null", map[string]any{"a": nil, "b": nil, "c": nil}},
		{"truth", "[true, false, yes, on]", []any{true, false, "yes", "on"}},
		{"numbers", "[0, -3, 8080, 1.5]", []any{0, -3, 8080, 1.5}},
		{"numbers that would print otherwise", "[1.10, 1.0, 010, 0755, 1e3, 0x1f, 1_000, .5, .nan, +1]", []any{"1.10", "1.0", "010", "0755", "1e3", "0x1f", "1_000", ".5", ".nan", "+1"}},
		{"dates and times", "[2026-01-01, 12:30]", []any{"2026-01-01", "12:30"}},
		{"literal", "a: |\n  x\n   y\n", map[string]any{"a": "x\n y\n"}},
		{"folded and stripped", "a: >-\n  x\n  y\n", map[string]any{"a": "x y"}},
		{"block and flow", "a:\n  - b: 1\n    c: [2, {d: 3}]\n", map[string]any{"a": []any{map[string]any{"b": 1, "c": []any{2, map[string]any{"d": 3}}}}}},
		{"JSON", `{"a": [1, "x", null, true]}`, map[string]any{"a": []any{1, "x", nil, true}}},
		{"alias", "a: &x [1]\nb: *x\n", map[string]any{"a": []any{1}, "b": []any{1}}},
		{"merge", "x: &x {a: 1, b: 1}\ny: {<<: *x, b: 2}\n", map[string]any{"x": map[string]any{"a": 1, "b": 1}, "y": map[string]any{"a": 1, "b": 2}}},
		{"merge of several: the first wins", "x: &x {a: 1}\ny: &y {a: 2, c: 3}\nz: {<<: [*x, *y]}\n", map[string]any{"x": map[string]any{"a": 1}, "y": map[string]any{"a": 2, "c": 3}, "z": map[string]any{"a": 1, "c": 3}}},
		{"tags of YAML's own", "[!!str 1, !!str true, !!int 1, !!seq [x]]", []any{"1", "true", 1, []any{"x"}}},
		{"one document with a marker", "---\na: 1\n", map[string]any{"a": 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, parse(t, tt.src).Value()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseMistakes(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"template as a value", "a: {{ .x }}", `f.yml:1:5: error[syntax]: could not find flow map content (a value that begins with {{ must be quoted: "{{ … }}")`},
		{"template as an item", "a:\n- {{ .x }}", `f.yml:2:4: error[syntax]: could not find flow map content (a value that begins with {{ must be quoted: "{{ … }}")`},
		{"template in a flow list", "tags: [x, {{ .x }}]", `f.yml:1:12: error[syntax]: could not find flow map content (a value that begins with {{ must be quoted: "{{ … }}")`},
		{"tab", "a:\n\tb: 1", `f.yml:2:1: error[syntax]: a line is indented with a tab (indent with spaces)`},
		{"two colons", "a: b: c", `f.yml:1:4: error[syntax]: mapping value is not allowed in this context`},
		{"open list", "a: [1", `f.yml:1:4: error[syntax]: sequence end token ']' not found`},
		{"duplicates", "a: 1\nb: {c: 1, c: 2}\na: 3", "f.yml:2:11: error[duplicate-key]: the key \"c\" is given twice (keep one of them)\nf.yml:3:1: error[duplicate-key]: the key \"a\" is given twice (keep one of them)"},
		{"unknown alias", "a: *x", `f.yml:1:5: error[unknown-anchor]: there is no anchor &x before this line`},
		{"alias in itself", "a: &x [*x]", `f.yml:1:9: error[alias-loop]: *x stands inside of what &x names`},
		{"merge of a number", "<<: 3", `f.yml:1:1: error[bad-merge]: << takes a mapping, found the number 3`},
		{"merge of a list with a number", "<<: [3]", `f.yml:1:6: error[bad-merge]: << takes a mapping, found the number 3`},
		{"tag of another language", "a: !vault x", `f.yml:1:4: error[unknown-tag]: unknown tag !vault (take the tag away, or quote the value if it is text)`},
		{"two documents", "a: 1\n---\nb: 2", `f.yml:3:1: error[several-documents]: a second document begins here (keep one document in a file: take the line --- out)`},
		{"not text", "a: \xff", `f.yml: error[encoding]: the file is not UTF-8 text`},
		{"deep", strings.Repeat("[", 300) + strings.Repeat("]", 300), `f.yml:1:202: error[too-deep]: the document is nested more than 200 levels deep`},
		{"a billion laughs", laughs(), `f.yml:6:50: error[too-large]: the document comes to more than 200000 values here`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, ds := document.Parse("f.yml", []byte(tt.src))
			if diff := cmp.Diff(tt.want, ds.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// laughs is a small text whose aliases come to 9 to the 9th values.
func laughs() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x]\n")
	for i := 1; i < 10; i++ {
		name, last := string(rune('0'+i)), string(rune('0'+i-1))
		b.WriteString("a" + name + ": &a" + name + " [" + strings.Repeat("*a"+last+", ", 8) + "*a" + last + "]\n")
	}
	return b.String()
}

func TestDuplicateKeyTellsBothPlaces(t *testing.T) {
	_, ds := document.Parse("f.yml", []byte("a: 1\na: 2"))
	if got, want := ds[0].Detail, "It was given first at f.yml:1:1."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The places are those of what a user would underline: of text with its
// quotes, of a block scalar its sign.
func TestPlaces(t *testing.T) {
	src := "é: ö\nlist:\n  - 'a b'\n  - {k: 12}\ntext: |\n  x\nmap:\n  in: true\n"
	n := parse(t, src)
	at := func(n document.Node) [3]int { return [3]int{n.Pos().Line, n.Pos().Column, n.Pos().End} }
	list := n.Get("list")
	tests := []struct {
		name string
		node document.Node
		want [3]int
	}{
		{"key", n.Entries()[0].Key, [3]int{1, 1, 2}},
		{"value", n.Get("é"), [3]int{1, 4, 5}},
		{"list", list, [3]int{3, 5, 10}},
		{"quoted", list.Items()[0], [3]int{3, 5, 10}},
		{"flow mapping", list.Items()[1], [3]int{4, 5, 6}},
		{"key in flow", list.Items()[1].Entries()[0].Key, [3]int{4, 6, 7}},
		{"value in flow", list.Items()[1].Get("k"), [3]int{4, 9, 11}},
		{"block scalar", n.Get("text"), [3]int{5, 7, 8}},
		{"block mapping", n.Get("map"), [3]int{8, 3, 5}},
		{"truth", n.Get("map").Get("in"), [3]int{8, 7, 11}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := at(tt.node); got != tt.want {
				t.Errorf("line, column, end = %v, want %v", got, tt.want)
			}
		})
	}
	if got, want := (document.Node{}).Pos(), (diag.Pos{}); got != want {
		t.Errorf("an absent node stands at %v", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a: 1", "a: &x [*x]", "<<: {a: 1}", "- !!str 1\n- |\n  x", "? a\n: b", "{{ .x }}", "a: >2-\n   x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		n, ds := document.Parse("f", []byte(src))
		for _, d := range ds {
			if d.Pos.File != "f" || d.Summary == "" {
				t.Errorf("a mistake without place or words: %+v", d)
			}
		}
		if ds == nil {
			_ = n.Value()
		}
	})
}
