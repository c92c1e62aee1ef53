package diag_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk/diag"
)

func TestSuggest(t *testing.T) {
	known := []string{"when", "name", "register", "images", "tags", "e", "tasks"}
	tests := []struct{ word, want string }{
		{"wehn", `did you mean "when"?`},
		{"regster", `did you mean "register"?`},
		{"reg", `did you mean "register"?`},
		{"Tags", `did you mean "tags"?`},
		{"taks", `did you mean "tasks"?`},
		{"zzzz", ""},
		{"when", ""},
		{"", ""},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			if got := diag.Suggest(tt.word, known); got != tt.want {
				t.Errorf("Suggest(%q) = %q, want %q", tt.word, got, tt.want)
			}
		})
	}
}

func TestDiagnosticText(t *testing.T) {
	pos := diag.Pos{File: "p.yml", Line: 3, Column: 5}
	tests := []struct {
		d    diag.Diagnostic
		want string
	}{
		{diag.Errorf("unknown-key", pos, "unknown key %q", "wehn").WithFix("did you mean %q?", "when"), `p.yml:3:5: error[unknown-key]: unknown key "wehn" (did you mean "when"?)`},
		{diag.Warningf("tie", diag.Pos{File: "p.yml", Line: 3}, "two groups"), `p.yml:3: warning[tie]: two groups`},
		{diag.Diagnostic{Severity: diag.Note, Summary: "by the way", Pos: diag.Pos{File: "p.yml"}}, `p.yml: note: by the way`},
		{diag.Diagnostic{Summary: "no place"}, `error: no place`},
	}
	for _, tt := range tests {
		if got := tt.d.Error(); got != tt.want {
			t.Errorf("Error() = %q, want %q", got, tt.want)
		}
	}
}

func TestListErr(t *testing.T) {
	warning := diag.Warningf("w", diag.Pos{}, "careful")
	broken := diag.Errorf("e", diag.Pos{File: "b"}, "broken")
	if err := (diag.List{warning}).Err(); err != nil {
		t.Errorf("a list of warnings is the error %v, want nil", err)
	}
	l := diag.List{broken, diag.Errorf("e", diag.Pos{File: "a"}, "broken"), broken}
	err := fmt.Errorf("loading: %w", l.Err())
	want := "a: error[e]: broken\nb: error[e]: broken"
	if got := diag.Of(err).Sorted().Error(); got != want {
		t.Errorf("sorted:\n%s\nwant:\n%s", got, want)
	}
	if got := diag.Of(errors.New("other")); got != nil {
		t.Errorf("Of(other) = %v, want nil", got)
	}
	if diff := cmp.Diff(diag.List{broken}, diag.Of(broken)); diff != "" {
		t.Errorf("Of(diagnostic) (-want +got):\n%s", diff)
	}
}
