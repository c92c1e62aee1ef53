package vocabulary_test

import (
	"errors"
	"io"
	"log"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/vocabulary"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// A try is a scenario, and what its last step comes to: "" passes, "failed: …"
// found otherwise, "error: …" could not look. A text that ends in "…" is a
// beginning.
type try struct {
	site  func(*site) // changes the site first
	lines string
	want  string
}

// Every step is tried with an image that is as the step wants it and, when it
// asserts something, with one that is not.
func TestSteps(t *testing.T) {
	v, err := vocabulary.New()
	if err != nil {
		t.Fatal(err)
	}
	passed, failed := map[string]bool{}, map[string]bool{}
	for _, tries := range [][]try{metadataTries(), fileTries(), commandTries(), containerTries(), httpTries(), deploymentTries()} {
		for _, tt := range tries {
			t.Run(strings.ReplaceAll(tt.lines, "\n", " "), func(t *testing.T) {
				s := newSite(t)
				if tt.site != nil {
					tt.site(s)
				}
				got, last := play(t, v, s, tt.lines)
				begin, cut := strings.CutSuffix(tt.want, "…")
				if got != tt.want && (!cut || !strings.HasPrefix(got, begin)) {
					t.Errorf("%q, want %q", got, tt.want)
				}
				passed[last] = passed[last] || got == ""
				failed[last] = failed[last] || got != ""
			})
		}
	}
	for _, d := range v.Definitions() {
		if !passed[d.Pattern] {
			t.Errorf("no try lets the step pass: %s", d.Pattern)
		}
		if d.Keyword == step.Then && !failed[d.Pattern] {
			t.Errorf("no try lets the step fail: %s", d.Pattern)
		}
	}
}

// play runs the steps until one does not pass, and returns what that one came
// to and its pattern.
func play(t *testing.T, v *step.Vocabulary, s *site, lines string) (outcome, pattern string) {
	t.Helper()
	scenarios, problems := feature.Parse("try", "web", []byte("Feature: f\nScenario: s\n"+lines+"\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w := s.world()
	defer func() {
		if err := w.Cleanup(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	for _, st := range scenarios[0].Steps {
		matches := v.Match(st.Text)
		if len(matches) != 1 {
			t.Fatalf("%q matches %d steps", st.Text, len(matches))
		}
		pattern = matches[0].Definition.Pattern
		args, err := matches[0].Args(w.Expand, st.Doc, st.Rows)
		if err == nil {
			err = matches[0].Definition.Run(t.Context(), w, args)
		}
		if _, mismatch := errors.AsType[world.Mismatch](err); mismatch {
			return "failed: " + err.Error(), pattern
		} else if err != nil {
			return "error: " + err.Error(), pattern
		}
	}
	return "", pattern
}

// How the runtime is asked is what these steps are about.
func TestRunSpecs(t *testing.T) {
	v, err := vocabulary.New()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		lines string
		holds func(world.RunSpec) bool
	}{
		{`When I run "true"`, func(s world.RunSpec) bool { return s.Bare && s.Image == "" }},
		{`When I run "true" as user "12345"`, func(s world.RunSpec) bool { return s.User == "12345" && s.Bare }},
		{`When I run "true" with the image entrypoint`, func(s world.RunSpec) bool { return !s.Bare }},
		{`Given a running container with arguments "--debug 'a b'"`, func(s world.RunSpec) bool { return slices.Equal(s.Command, []string{"--debug", "a b"}) && !s.Bare }},
		{`Given a running container as user "12345"`, func(s world.RunSpec) bool { return s.User == "12345" }},
		{`Given a running container with a read-only root filesystem`, func(s world.RunSpec) bool { return s.ReadOnly }},
		{`Given a running container without network`, func(s world.RunSpec) bool { return s.Isolated }},
		{`Given a running container with all capabilities dropped`, func(s world.RunSpec) bool { return s.DropAll }},
		{`Given a running container with the memory limit "2KiB"`, func(s world.RunSpec) bool { return s.Memory == 2048 }},
		{"Given a running container with environment:\n  | name | value |\n  | A    | b c   |", func(s world.RunSpec) bool { return slices.Equal(s.Env, []string{"A=b c"}) }},
		{`Given a running container "db" from "quay.io/site/db:1"`, func(s world.RunSpec) bool { return s.Image == "quay.io/site/db:1" }},
	}
	for _, tt := range tests {
		s := newSite(t)
		if got, _ := play(t, v, s, tt.lines); got != "" || len(s.specs) != 1 || !tt.holds(s.specs[0]) {
			t.Errorf("%s: %q, asked for %+v", tt.lines, got, s.specs)
		}
	}
}

// Another image's container does not prove anything about ours.
func TestUsed(t *testing.T) {
	v, err := vocabulary.New()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		sentence string
		want     bool
	}{
		{`a running container "db" from "quay.io/site/db:1"`, false},
		{`"1" matches "1"`, false},
		{`the log of the service "db" does not contain "x"`, false},
		{`the log of the service "web" does not contain "x"`, true},
		{`a running container`, true},
		{`the file "/etc/motd" exists`, true},
		{`the image has at most 3 layers`, true},
	}
	for _, tt := range tests {
		w := newSite(t).world()
		m := v.Match(tt.sentence)[0]
		args, err := m.Args(w.Expand, "", nil)
		if err == nil {
			err = m.Definition.Run(t.Context(), w, args)
		}
		if err != nil || w.Used() != tt.want {
			t.Errorf("%s: used %t, %v, want %t", tt.sentence, w.Used(), err, tt.want)
		}
	}
}
