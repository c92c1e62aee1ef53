package document_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

func TestSpan(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"plain", "a: x/y:1 # c\n", "x/y:1"},
		{"after other letters", "é: {ü: 1}\na: 'x ü'\n", "x ü"},
		{"single quotes", "a:   'x''y'  \n", "x''y"},
		{"double quotes", `a: "x\u0041y" # c`, `x\u0041y`},
		{"nothing in quotes", `a: ""`, ""},
		{"flow", "{b: 1, a: x, c: [2]}", "x"},
		{"on the next line", "a:\n    x\n", "x"},
		{"folded", "a: >-\n    x/y\nb: 1\n", "x/y"},
		{"literal", "a: |\n  x/y\nb: 1\n", "x/y"},
		{"with an anchor", "a: &b x\n", "x"},
		{"with a tag", "a: !!str 1.10\n", "1.10"},
		{"Windows", "b: 1\r\na: x\r\nc: 2\r\n", "x"},
		{"Windows, after a comment", "# c\r\nb: 1 # c\r\na: x # c\r\n", "x"},
		{"a byte order mark", "\xef\xbb\xbfa: x\n", "x"},
		{"a byte order mark, later", "\xef\xbb\xbfb: 1\na: x\n", "x"},
		{"a number", "a: 1.10", "1.10"},
		{"indented", "b:\n- c: 1\na: x", "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			span, ok := parse(t, tt.src).Get("a").Span()
			if !ok || tt.src[span.Start:span.End] != tt.want {
				t.Errorf("%v, %t: %q, want %q", span, ok, tt.src[span.Start:span.End], tt.want)
			}
		})
	}
	for _, src := range []string{"a: x\n  y\n", "a: [1]", "a:", "a: |\n  x\n  y\n"} {
		if span, ok := parse(t, src).Get("a").Span(); ok {
			t.Errorf("%q has %v", src, span)
		}
	}
	if _, ok := document.Of("made", diag.Pos{}).Span(); ok {
		t.Error("a value that was made stands in a file")
	}
}

func TestParseAll(t *testing.T) {
	all, ds := document.ParseAll("f.yml", []byte("# one\n---\na: &x 1\n---\n---\nb: 2\n"))
	if ds != nil {
		t.Fatal(ds)
	}
	var got []any
	for _, n := range all {
		got = append(got, n.Value(), n.Entries()[0].Value.Pos().Line)
	}
	if diff := cmp.Diff([]any{map[string]any{"a": 1}, 3, map[string]any{"b": 2}, 6}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, ds = document.ParseAll("f.yml", []byte("a: &x 1\n---\nb: *x\n---\nc: 1\nc: 2\n"))
	want := "f.yml:3:5: error[unknown-anchor]: there is no anchor &x before this line\nf.yml:6:1: error[duplicate-key]: the key \"c\" is given twice (keep one of them)"
	if diff := cmp.Diff(want, ds.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The library loses what follows an empty document, and counts a byte order
// mark as a letter.
func TestNothingIsLost(t *testing.T) {
	_, ds := document.Parse("f.yml", []byte("a: 1\n---\n# nothing\n---\nb: 2\n"))
	if got, want := ds.Error(), "f.yml:5:1: error[several-documents]: a second document begins here (keep one document in a file: take the line --- out)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, ds = document.ParseAll("f.yml", []byte("\xef\xbb\xbfa: *x\n---\nb: [1\n--- # last\nc: b: c\n"))
	want := "f.yml:3:4: error[syntax]: sequence end token ']' not found\nf.yml:5:4: error[syntax]: mapping value is not allowed in this context"
	if diff := cmp.Diff(want, ds.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := parse(t, "\xef\xbb\xbfa: x\n").Get("a").Pos(); got.Column != 4 {
		t.Errorf("the value stands at %s", got)
	}
	if n, ds := document.Parse("f.yml", []byte("%YAML 1.2\n---\n...\n")); ds != nil || n.Kind() != document.Absent {
		t.Errorf("%v, %v", n, ds)
	}
}
