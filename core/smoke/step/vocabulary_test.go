package step_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func none(context.Context, *world.World, step.Args) error { return nil }

func define(pattern, example string) step.Definition {
	return step.Definition{Pattern: pattern, Keyword: step.Then, Doc: "Does.", Example: example, Run: none}
}

func TestMatchAndArgs(t *testing.T) {
	v, err := step.New([]step.Definition{
		define(`port {port} says {string} within {duration}`, `port 80 says "hi" within "1s"`),
		define(`the file (a+b) {path} exists`, `the file (a+b) "/x" exists`),
	})
	if err != nil {
		t.Fatal(err)
	}
	expand := func(s string) (string, error) {
		if s == "{{ .port }}" {
			return "8080", nil
		}
		return "", errors.New("no such variable")
	}
	matches := v.Match(`port {{ .port }} says "a \"b\" \d" within "2s"`)
	if len(matches) != 1 {
		t.Fatalf("%d matches, want 1", len(matches))
	}
	args, err := matches[0].Args(expand, "doc", [][]string{{"{{ .port }}", "x"}})
	if err != nil {
		t.Fatal(err)
	}
	if args.Int(0) != 8080 || args.String(1) != `a "b" \d` || args.Duration(2) != 2*time.Second || args.Doc != "doc" || args.Rows[0][0] != "8080" {
		t.Errorf("args %+v", args)
	}
	if _, err := matches[0].Args(expand, "{{ .no }}", nil); err == nil || err.Error() != `expanding "{{ .no }}": no such variable` {
		t.Errorf("error %v", err)
	}
	for _, text := range []string{`xport 80 says "hi" within "1s"`, `port 80 says "hi" within "1s" or so`, `port 80 says "a" b" within "1s"`, `the file aab "/x" exists`} {
		if n := len(v.Match(text)); n != 0 {
			t.Errorf("%q matches %d steps, want none", text, n)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		d    step.Definition
		want string
	}{
		{define("a {colour}", "a red"), `the pattern "a {colour}" has the unknown parameter {colour}`},
		{define("a {string", `a "b"`), `the pattern "a {string" has the unknown parameter {string}`},
		{define("a {port}", "b 1"), `the example "b 1" of the step "a {port}" matches 0 steps, want that step alone`},
		{define("a {port}", "a 0"), `the example "a 0" of the step "a {port}": "0" is not a number from 1 to 65535`},
		{step.Definition{Pattern: "a"}, `the step "a" needs a keyword, a doc and a function`},
	}
	for _, tt := range tests {
		if _, err := step.New([]step.Definition{tt.d}); err == nil || err.Error() != tt.want {
			t.Errorf("New: %v, want %s", err, tt.want)
		}
	}
}

func TestNearestAndSearch(t *testing.T) {
	v, err := step.New([]step.Definition{
		define(`the file {path} exists`, `the file "/a" exists`),
		define(`the file {path} does not exist`, `the file "/a" does not exist`),
		define(`port {port} is open within {duration}`, `port 80 is open within "1s"`),
	})
	if err != nil {
		t.Fatal(err)
	}
	patterns := func(ds []step.Definition) (out []string) {
		for _, d := range ds {
			out = append(out, d.Pattern)
		}
		return out
	}
	tests := []struct {
		text string
		want []string
	}{
		{`the file "/x" exist`, []string{`the file {path} exists`, `the file {path} does not exist`}},
		{`port 8080 is open`, []string{`port {port} is open within {duration}`}},
		{`nothing like that at all here`, nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, patterns(v.Nearest(tt.text, 2))); diff != "" {
			t.Errorf("Nearest(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
	if diff := cmp.Diff([]string{`the file {path} does not exist`}, patterns(v.Search("FILE not"))); diff != "" {
		t.Errorf("Search (-want +got):\n%s", diff)
	}
}

func TestDefinitionAsJSON(t *testing.T) {
	d := define("a", "a")
	d.Topic = "Letters"
	got, err := json.Marshal(d)
	if want := `{"topic":"Letters","pattern":"a","keyword":"Then","example":"a","doc":"Does."}`; err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}
