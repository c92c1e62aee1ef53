package feature_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/smoke/feature"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func site(t *testing.T) []feature.Source {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, "images/web/features/page.feature", "Feature: page\n  Scenario: own\n    Given x\n  @slow\n  Scenario: slow\n    Given x\n")
	write(t, "features/site/all.feature", "@group:all\nFeature: all\n  Scenario: every\n    Given x\n")
	write(t, "features/db.feature", "Feature: db\n  @image:db\n  Scenario: db\n    Given x\n  Scenario: nobody\n    Given x\n")
	write(t, "features/slipway/run.feature", "Feature: the binary\n  Scenario: runs\n    Given x\n")
	write(t, "features/notes.txt", "no feature")
	return []feature.Source{
		{Path: "images/web/features", Image: "web"},
		{Path: "images/db/features", Image: "db"},
		{Path: "features", Skip: []string{"slipway"}},
	}
}

func TestFor(t *testing.T) {
	suite, problems := feature.Load(site(t)...)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	tests := []struct {
		image      string
		expression string
		want       []string
	}{
		{"web", "", []string{"images/web/features/page.feature:2", "images/web/features/page.feature:5", "features/site/all.feature:3"}},
		{"web", "not @slow", []string{"images/web/features/page.feature:2", "features/site/all.feature:3"}},
		{"db", "", []string{"features/db.feature:3", "features/site/all.feature:3"}},
		{"other", "", []string{"features/site/all.feature:3"}},
	}
	for _, tt := range tests {
		e, err := feature.ParseExpression(tt.expression)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range suite.For(tt.image, []string{"all"}, e) {
			got = append(got, s.ID())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("For(%s, %q) (-want +got):\n%s", tt.image, tt.expression, diff)
		}
	}
}

func TestCheckBindings(t *testing.T) {
	sources := site(t)
	write(t, "images/web/features/tags.feature", "Feature: f\n  @image:db\n  Scenario: a\n    Given x\n")
	write(t, "features/typo.feature", "Feature: f\n  @image:wbe @group:al @imge:web @issue:12\n  Scenario: a\n    Given x\n")
	suite, problems := feature.Load(sources...)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, d := range suite.CheckBindings([]string{"web", "db"}, []string{"all"}) {
		got = append(got, d.Error())
	}
	want := []string{
		`features/db.feature:5:3: warning[unbound-scenario]: the scenario "nobody" tests no image and never runs (tag it @image:NAME or @group:NAME)`,
		`features/typo.feature:3:3: error[unknown-image]: the tag @image:wbe names no image of the inventory (did you mean "web"?)`,
		`features/typo.feature:3:3: error[unknown-group]: the tag @group:al names no group of the inventory (did you mean "all"?)`,
		`features/typo.feature:3:3: error[unknown-tag]: the tag @imge:web binds to nothing (did you mean "@image:"?)`,
		`images/web/features/tags.feature:3:3: error[foreign-tag]: the tag @image:db stands on a feature beside the image "web" (move the feature under features/, or drop the tag)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestLoadOneFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "page.txt", "\uFEFFFeature: page\r\n  Scenario: own\r\n    Given x\r\n")
	suite, problems := feature.Load(feature.Source{Path: "page.txt", Image: "web"}, feature.Source{Path: "none"})
	if len(problems) > 0 || len(suite.Scenarios) != 1 || suite.Scenarios[0].ID() != "page.txt:2" {
		t.Errorf("%+v, %v", suite, problems)
	}
}

func TestLoadReportsEveryFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "a.feature", "Featur: a\n")
	write(t, "b.feature", "Feature: b\n  Scenario: good\n    Given x\n")
	write(t, "c.feature", "# language: xx\nFeature: c\n")
	suite, problems := feature.Load(feature.Source{Path: "."})
	want := "a.feature:1:1: error[gherkin-syntax]: \"Featur: a\" is not expected here (did you mean \"Feature:\"?)\n" +
		"c.feature:1:1: error[gherkin-syntax]: Language not supported: xx"
	if got := problems.Error(); got != want || len(suite.Scenarios) != 1 {
		t.Errorf("%d scenarios,\n%s\nwant 1,\n%s", len(suite.Scenarios), got, want)
	}
}
