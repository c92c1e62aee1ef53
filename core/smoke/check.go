package smoke

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Check returns what is wrong with scenarios before anything is built or
// started: steps that match no sentence of the vocabulary or several, that
// have an argument of the wrong kind, or a value that cannot be read. The codes
// are no-scenario, empty-scenario, undefined-step, ambiguous-step,
// step-argument, step-value, table-header and mistyped-keyword.
func Check(scenarios []feature.Scenario, vocabulary *step.Vocabulary) diag.List {
	var problems diag.List
	if len(scenarios) == 0 {
		problems.Add(diag.Errorf("no-scenario", diag.Pos{}, "there is no scenario to run").
			WithFix("add a feature beside the image, or tag a scenario @image:NAME"))
	}
	for _, s := range scenarios {
		if len(s.Steps) == 0 {
			problems.Add(diag.Errorf("empty-scenario", s.Pos, "the scenario %q has no steps", s.Name).WithFix("add a step, or remove it"))
		}
		problems.Add(checkProse(s.Prose, vocabulary)...)
		for _, st := range s.Steps {
			problems.Add(checkStep(st, vocabulary)...)
		}
	}
	return unique(problems.Sorted())
}

// unique drops what the rows of one outline have in common.
func unique(problems diag.List) diag.List {
	var out diag.List
	for _, d := range problems {
		if !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// checkProse finds lines that would be steps if their first word were spelt
// right: the parser takes them for prose.
func checkProse(prose []feature.Line, vocabulary *step.Vocabulary) diag.List {
	var problems diag.List
	for _, line := range prose {
		word, sentence, _ := strings.Cut(line.Text, " ")
		if len(vocabulary.Match(strings.TrimSpace(sentence))) == 0 {
			continue
		}
		problems.Add(diag.Errorf("mistyped-keyword", line.Pos, "%q is not a keyword, so this line is prose and never runs", word).
			WithFix("%s", diag.Suggest(word, []string{step.Given, step.When, step.Then, "And", "But"})))
	}
	return problems
}

func checkStep(s feature.Step, vocabulary *step.Vocabulary) diag.List {
	matches := vocabulary.Match(s.Text)
	switch len(matches) {
	case 0:
		return diag.List{undefined(s, vocabulary)}
	case 1:
		return checkMatch(s, matches[0])
	}
	var patterns []string
	for _, m := range matches {
		patterns = append(patterns, m.Definition.Pattern)
	}
	return diag.List{diag.Errorf("ambiguous-step", s.Pos, "the step %q matches %d steps", s.Text, len(matches)).
		WithDetail("It matches %s.", strings.Join(patterns, "; "))}
}

// undefined tells what could have been meant.
func undefined(s feature.Step, vocabulary *step.Vocabulary) diag.Diagnostic {
	d := diag.Errorf("undefined-step", s.Pos, "no step matches %q", s.Text)
	near := vocabulary.Nearest(s.Text, 3)
	if len(near) == 0 {
		return d.WithFix("slipway steps search finds steps")
	}
	var others []string
	for _, n := range near {
		others = append(others, n.Pattern)
	}
	return d.WithFix("did you mean: %s", near[0].Pattern).WithDetail("The nearest steps: %s.", strings.Join(others, "; "))
}

func checkMatch(s feature.Step, m step.Match) diag.List {
	var problems diag.List
	given := step.NoArgument
	switch {
	case s.HasDoc:
		given = step.DocString
	case s.Rows != nil:
		given = step.Table
	}
	if want := m.Definition.Argument; given != want {
		problems.Add(diag.Errorf("step-argument", s.Pos, "the step takes %s, %s follows it", want, given).
			WithFix("write it like: %s", m.Definition.Example))
	} else if want == step.Table {
		problems.Add(checkHeader(s, m.Definition.Columns)...)
	}
	for _, err := range m.Check() {
		problems.Add(diag.Errorf("step-value", s.Pos, "%v", err))
	}
	return problems
}

func checkHeader(s feature.Step, columns []string) diag.List {
	if columns == nil || len(s.Rows) > 1 && slices.Equal(s.Rows[0], columns) {
		return nil
	}
	header := "| " + strings.Join(columns, " | ") + " |"
	return diag.List{diag.Errorf("table-header", s.Pos, "the table must begin with the row %s and have another", header)}
}
