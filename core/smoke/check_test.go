package smoke_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/smoke"
	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/core/smoke/step"
	builtin "github.com/slipway-build/slipway/core/smoke/vocabulary"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func TestCheckFindsEveryMistake(t *testing.T) {
	v, err := builtin.New()
	if err != nil {
		t.Fatal(err)
	}
	scenarios, _ := feature.Parse("web.feature", "web", []byte(`Feature: web
  Scenario: wording
    Gven a running container
    Then the image has label "x"
    And the log lacks everything that anybody might ever dream of
  Scenario: arguments
    Given a running container
      """
      with a doc string
      """
    Then the image labels include:
      | name | value |
      | a    | b     |
    And the image labels include:
  Scenario: values
    When I GET "health" on port 80800
    Then the log contains "x" within "soon"
    And the file "/a" matches "("
    And the file "/a" matches "{{ .anything }}"
  Scenario: empty
`))
	var got []string
	for _, d := range smoke.Check(scenarios, v) {
		got = append(got, d.Error())
	}
	want := []string{
		`web.feature:3:5: error[mistyped-keyword]: "Gven" is not a keyword, so this line is prose and never runs (did you mean "Given"?)`,
		`web.feature:4:5: error[undefined-step]: no step matches "the image has label \"x\"" (did you mean: the image has the label {string})`,
		`web.feature:5:5: error[undefined-step]: no step matches "the log lacks everything that anybody might ever dream of" (slipway steps search finds steps)`,
		`web.feature:7:5: error[step-argument]: the step takes nothing, a doc string follows it (write it like: a running container)`,
		`web.feature:11:5: error[table-header]: the table must begin with the row | key | value | and have another`,
		"web.feature:14:5: error[step-argument]: the step takes a table, nothing follows it (write it like: the image labels include:\n  | key    | value |\n  | vendor | ACME  |)",
		`web.feature:16:5: error[step-value]: "health" is not an absolute path`,
		`web.feature:16:5: error[step-value]: "80800" is not a number from 1 to 65535`,
		`web.feature:17:5: error[step-value]: "soon" is not a positive duration like "500ms", "30s", "5m" or "30d"`,
		"web.feature:18:5: error[step-value]: \"(\" is not a regular expression: error parsing regexp: missing closing ): `(`",
		`web.feature:20:3: error[empty-scenario]: the scenario "empty" has no steps (add a step, or remove it)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

func TestCheckWantsAScenario(t *testing.T) {
	want := "error[no-scenario]: there is no scenario to run (add a feature beside the image, or tag a scenario @image:NAME)"
	if got := smoke.Check(nil, vocabulary(t)).Error(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestExamplesMeanOneStep(t *testing.T) {
	run := func(context.Context, *world.World, step.Args) error { return nil }
	v, err := step.New([]step.Definition{
		{Pattern: "it has {count} legs", Keyword: step.Then, Doc: "Legs.", Example: "it has 4 legs", Run: run},
		{Pattern: "it has {status} legs", Keyword: step.Then, Doc: "Legs.", Example: "it has {{ .n }} legs", Run: run},
	})
	if v != nil || err == nil {
		t.Fatal("a vocabulary with two meanings for one sentence was made")
	}
	want := `the example "it has 4 legs" of the step "it has {count} legs" matches 2 steps, want that step alone`
	if err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

func TestPolicyLacks(t *testing.T) {
	scenarios := parse(t, "@a", "Scenario: a", "Then it works")
	got := smoke.Policy{RequireTags: []string{"@a", "@b"}, MinScenarios: 2}.Lacks(scenarios)
	if diff := cmp.Diff([]string{"no scenario is tagged @b", "there are 1 scenarios, 2 are wanted"}, got); diff != "" {
		t.Errorf("lacks (-want +got):\n%s", diff)
	}
	if got := (smoke.Policy{RequireTags: []string{"@a"}, MinScenarios: 1}).Lacks(scenarios); got != nil {
		t.Errorf("lacks %q, wanted nothing", got)
	}
}
