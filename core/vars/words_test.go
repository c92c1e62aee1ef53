package vars_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/vars"
)

func TestWords(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"a=1", []string{"a=1"}},
		{" a=1\tb=2\n", []string{"a=1", "b=2"}},
		{`a='two words' b="and more"`, []string{`a='two words'`, `b="and more"`}},
		{`a="it's" b=1`, []string{`a="it's"`, "b=1"}},
		{"a={{ .b | default 1 }} c", []string{"a={{ .b | default 1 }}", "c"}},
		{`a={"x": 1, "y": 2}`, []string{`a={"x": 1, "y": 2}`}},
		{"hello world", []string{"hello", "world"}},
		{"a=it's all one", []string{"a=it's all one"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, vars.Words(tt.text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestCutPair(t *testing.T) {
	tests := []struct {
		word, name, value string
		ok                bool
	}{
		{"a=1", "a", "1", true},
		{"a=", "a", "", true},
		{"a=b=c", "a", "b=c", true},
		{`a='two words'`, "a", "two words", true},
		{`a="two words"`, "a", "two words", true},
		{`a='x'y`, "a", "'x'y", true},
		{`a='`, "a", "'", true},
		{"a", "", "", false},
		{"=a", "", "", false},
		{`{"a=b": 1}`, "", "", false},
	}
	for _, tt := range tests {
		name, value, ok := vars.CutPair(tt.word)
		if name != tt.name || value != tt.value || ok != tt.ok {
			t.Errorf("%s: %q, %q, %v", tt.word, name, value, ok)
		}
	}
}

// No word is lost and none is made up.
func FuzzWords(f *testing.F) {
	f.Add(`a='two words' b={{ .c }} "`)
	f.Fuzz(func(t *testing.T, text string) {
		squeeze := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "")
		if got, want := squeeze.Replace(strings.Join(vars.Words(text), " ")), squeeze.Replace(strings.ToValidUTF8(text, "\uFFFD")); len([]rune(got)) != len([]rune(want)) && strings.ToValidUTF8(text, "") == text {
			t.Errorf("%q became %q", want, got)
		}
	})
}
