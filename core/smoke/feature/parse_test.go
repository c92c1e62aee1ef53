package feature_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/sdk/diag"
)

const shop = `# language: en
@web
Feature: shop
  Words about it.

  Background:
    Given a running container

  @fast @web
  Scenario: opens
    It opens
    in the morning.
    When I GET "/" on port 80
      | a | b |
      | 1 | 2 |

  Rule: prices
    Background:
      Given prices

    Scenario Outline: <kind> prices
      Then the <kind> price is:
        """
        <price> coins
        """

      Examples:
        | kind | price |
        | low  | 1     |
        | high | 9     |
`

func TestParse(t *testing.T) {
	got, problems := feature.Parse("shop.feature", "shop", []byte(shop))
	if len(problems) > 0 {
		t.Fatalf("problems: %v", problems)
	}
	at := func(line, column, end int) diag.Pos {
		return diag.Pos{File: "shop.feature", Line: line, Column: column, End: end}
	}
	background := feature.Step{Keyword: "Given", Text: "a running container", Pos: at(7, 5, 30)}
	row := func(line int, kind, price string) feature.Scenario {
		return feature.Scenario{
			URI: "shop.feature", Image: "shop", Feature: "shop", Rule: "prices", Name: kind + " prices", Pos: at(line, 9, 0), Tags: []string{"@web"},
			Steps: []feature.Step{
				background,
				{Keyword: "Given", Text: "prices", Pos: at(19, 7, 19)},
				{Keyword: "Then", Text: "the " + kind + " price is:", Pos: at(22, 7, 32), Doc: price + " coins", HasDoc: true},
			},
		}
	}
	want := []feature.Scenario{
		{
			URI: "shop.feature", Image: "shop", Feature: "shop", Name: "opens", Pos: at(10, 3, 0), Tags: []string{"@web", "@fast"},
			Steps: []feature.Step{background, {
				Keyword: "When", Text: `I GET "/" on port 80`, Pos: at(13, 5, 30), Rows: [][]string{{"a", "b"}, {"1", "2"}},
			}},
			Prose: []feature.Line{{Text: "It opens", Pos: at(11, 5, 0)}, {Text: "in the morning.", Pos: at(12, 5, 0)}},
		},
		row(29, "low", "1"), row(30, "high", "9"),
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(feature.Scenario{})); diff != "" {
		t.Errorf("scenarios (-want +got):\n%s", diff)
	}
}

// A scenario's own file says what the whole file said of it, at the same lines.
func TestSourceHoldsOneScenario(t *testing.T) {
	all, _ := feature.Parse("shop.feature", "shop", []byte(shop))
	for _, s := range all {
		alone, problems := feature.Parse("shop.feature", "shop", s.Source())
		if len(problems) > 0 || len(alone) != 1 {
			t.Fatalf("%s alone: %d scenarios, %v", s.ID(), len(alone), problems)
		}
		if diff := cmp.Diff(s, alone[0], cmpopts.IgnoreUnexported(feature.Scenario{})); diff != "" {
			t.Errorf("%s alone (-want +got):\n%s", s.ID(), diff)
		}
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{`f: error[empty-feature]: the file holds no feature (begin it with "Feature: …")`}},
		{"no scenario", "Feature: f\n", []string{`f:1:1: error[empty-feature]: the feature "f" has no scenario (add "Scenario: …", or remove the file)`}},
		{
			"syntax", "Feature: f\n  Scenario: a\n    Given x\n    Thn y\n  Scenaro: b\n",
			[]string{
				`f:4:5: error[gherkin-syntax]: "Thn y" is not expected here (did you mean "Then"?)`,
				`f:5:3: error[gherkin-syntax]: "Scenaro: b" is not expected here (did you mean "Scenario:"?)`,
			},
		},
		{"table", "Feature: f\n  Scenario: a\n    Given x\n      | a | b |\n      | c |\n", []string{`f:5:7: error[gherkin-syntax]: inconsistent cell count within the table`}},
		{
			"mistyped keyword", "Feature: f\n  Scenario: a\n    Gven x\n",
			[]string{`f:3:5: error[empty-scenario]: the scenario "a" has no steps: "Gven" is not a keyword (did you mean "Given"?)`},
		},
		{
			"mistyped scenario", "Feature: f\n  Note: why\n  Scenari: a\n    Then it works\n",
			[]string{`f:3:3: error[mistyped-keyword]: "Scenari:" is not a keyword, so what follows is taken for prose (did you mean "Scenario"?)`},
		},
		{
			"mistyped scenario before a good one", "Feature: f\n  Scenari: a\n    Then it works\n  Scenario: b\n    Then it works\n",
			[]string{`f:2:3: error[mistyped-keyword]: "Scenari:" is not a keyword, so what follows is taken for prose (did you mean "Scenario"?)`},
		},
		{"no steps", "Feature: f\n  Scenario: a\n", []string{`f:2:3: error[empty-scenario]: the scenario "a" has no steps (add a step, or remove it)`}},
		{"no name", "Feature: f\n  Scenario:\n    Given x\n", []string{`f:2:3: error[unnamed-scenario]: the scenario has no name (say what it shows, after the colon)`}},
		{
			"outline without rows", "Feature: f\n  Scenario Outline: a\n    Given <x>\n    Examples:\n      | x |\n  Scenario Outline: b\n    Given <x>\n",
			[]string{
				`f:2:3: error[outline-without-rows]: the outline "a" has no row of examples, so it never runs (add "Examples:" with a header and at least one row)`,
				`f:6:3: error[outline-without-rows]: the outline "b" has no row of examples, so it never runs (add "Examples:" with a header and at least one row)`,
			},
		},
		{
			"placeholder", "Feature: f\n  Scenario Outline: a\n    Given <prot> and <b>bold</b>\n    Examples:\n      | port |\n      | 1    |\n      | 2    |\n",
			[]string{`f:3:5: error[leftover-placeholder]: no column of the examples is named "prot" (did you mean "port"?)`},
		},
		{
			"same name", "Feature: f\n  Scenario: a\n    Given x\n  Scenario: a\n    Given y\n",
			[]string{`f:4:3: error[duplicate-scenario]: the name "a" is taken by the scenario at f:2:3 (give each scenario of a file its own name)`},
		},
		{"markup", "Feature: f\n  Scenario: a\n    Given <x>\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := feature.Parse("f", "", []byte(tt.text))
			var got []string
			for _, d := range problems {
				got = append(got, d.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(shop)
	f.Add("Feature: f\r\n  Scenario: a\r\n    * x\r\n")
	f.Add("Feature: f\n@a\nScenario Outline: <x>\n* <x>\n@b\nExamples:\n|x|\n|1|\nExamples:\n|x|\n|2|\n")
	f.Fuzz(func(t *testing.T, text string) {
		scenarios, _ := feature.Parse("f", "", []byte(text))
		for _, s := range scenarios {
			alone, _ := feature.Parse("f", "", s.Source())
			if len(alone) != 1 || describe(alone[0]) != describe(s) {
				t.Fatalf("%s alone is not itself:\n%s", s.ID(), s.Source())
			}
		}
	})
}

func describe(s feature.Scenario) string {
	var b strings.Builder
	fmt.Fprintln(&b, s.ID(), s.Name, s.Tags)
	for _, step := range s.Steps {
		fmt.Fprintln(&b, step)
	}
	return b.String()
}
