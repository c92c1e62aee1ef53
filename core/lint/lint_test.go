package lint_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/lint"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func actions() []string {
	return []string{"build", "command", "copy", "debug", "fail", "promote", "push", "script", "smoke", "uri"}
}

// everything has the rules on that are off by default.
func everything() lint.Levels { return lint.Levels{"unpinned-base": lint.Warning} }

// playbook is a site of one file.
func playbook(src string) lint.Site {
	return lint.Site{Files: []lint.File{{Name: "p.yml", Src: []byte(src), YAML: true}}, Actions: actions()}
}

// site loads an inventory with one image.
func site(t *testing.T, images, dockerfile string) lint.Site {
	t.Helper()
	return siteOf(t, map[string]string{"images.yml": images, "images/web/Dockerfile": dockerfile})
}

func siteOf(t *testing.T, files map[string]string) lint.Site {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	inv, ds := inventory.Load(dir, inventory.Options{})
	if ds.Err() != nil {
		t.Fatal(ds)
	}
	family, ds, err := plan.Relate(t.Context(), inv.Images, from)
	if err != nil || ds.Err() != nil {
		t.Fatal(ds, err)
	}
	suite := &feature.Suite{Scenarios: []feature.Scenario{{Image: "web"}}}
	return lint.Site{
		Files:     []lint.File{{Name: filepath.Join(dir, "images.yml"), Src: []byte(files["images.yml"]), YAML: true}},
		Inventory: inv, Family: family, Suite: suite, Actions: actions(),
	}
}

// from is a strategy that reads the first line of a Dockerfile.
func from(_ context.Context, image *inventory.Image, _ string) (strategy.PlanResponse, error) {
	src, err := os.ReadFile(image.File)
	if err != nil {
		return strategy.PlanResponse{}, err
	}
	_, reference, _ := strings.Cut(strings.TrimSpace(string(src)), " ")
	if reference == "scratch" {
		return strategy.PlanResponse{}, nil
	}
	return strategy.PlanResponse{Images: []strategy.ImageInput{{Reference: reference, Kind: strategy.Base, File: "Dockerfile", Line: 1, Column: 6}}}, nil
}

// The examples that docs/lint.md shows are true: the bad one is found by its
// rule, the good one by no rule at all.
func TestExamples(t *testing.T) {
	example := func(t *testing.T, src string) lint.Site {
		switch {
		case strings.HasPrefix(src, "FROM"):
			return site(t, "all: {}\n", src)
		case strings.HasPrefix(src, "source:"):
			return siteOf(t, map[string]string{"images.yml": "all: {}\n", "images/web/Dockerfile": "FROM scratch\n", "images/web/image.yml": src})
		case strings.HasPrefix(src, "all:"):
			return site(t, src, "FROM scratch\n")
		default:
			return playbook(src)
		}
	}
	for _, rule := range lint.Rules() {
		if rule.Name == "image-without-feature" {
			continue // its example is a file that is not there: see TestUnprovedImage
		}
		t.Run(rule.Name, func(t *testing.T) {
			found := lint.Check(example(t, rule.Bad), everything())
			if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == rule.Name && d.Pos.Line > 0 && d.Fix != "" }) {
				t.Errorf("the bad example is not found: %v", found)
			}
			levels := lint.Levels{}
			if rule.Name == "unpinned-base" {
				levels = everything()
			}
			if found := lint.Check(example(t, rule.Good), levels); found != nil {
				t.Errorf("found in the good example: %v", found)
			}
		})
	}
}

func TestUnprovedImage(t *testing.T) {
	s := site(t, "all: {}\n", "FROM scratch\n")
	if found := lint.Check(s, nil); found != nil {
		t.Errorf("found %v", found)
	}
	s.Suite = &feature.Suite{}
	file := filepath.Join(s.Inventory.Dir, "images/web/Dockerfile")
	want := file + ": warning[image-without-feature]: no scenario is about web (write images/web/features/web.feature)"
	if diff := cmp.Diff(want, lint.Check(s, nil).Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each line of a fixture says what is found on it, and nothing else is found.
func TestFixtures(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found := lint.Check(playbook(string(src)), nil)
			if diff := cmp.Diff(expected(string(src)), told(found)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func told(found diag.List) []string {
	var lines []string
	for _, d := range found {
		lines = append(lines, fmt.Sprintf("%d:%d: %s[%s] %s (%s)", d.Pos.Line, d.Pos.Column, d.Severity, d.Code, d.Summary, d.Fix))
	}
	return lines
}

// expected reads "# WARN: column: [rule] text (fix)" and the same with ERROR.
func expected(src string) []string {
	var lines []string
	for i, line := range strings.Split(src, "\n") {
		for _, kind := range []string{"error", "warning"} {
			mark := map[string]string{"error": " # ERROR: ", "warning": " # WARN: "}[kind]
			if _, text, ok := strings.Cut(line, mark); ok {
				for one := range strings.SplitSeq(text, " # AND: ") {
					column, rest, _ := strings.Cut(one, ": ")
					lines = append(lines, fmt.Sprintf("%d:%s: %s%s", i+1, column, kind, rest))
				}
			}
		}
	}
	return lines
}

func TestLevels(t *testing.T) {
	s := playbook("- build:\n")
	if got, want := lint.Check(s, lint.Levels{"name": lint.Error}).Error(), "p.yml:1:3: error[name]: the task has no name (write name: and what the task is for)"; got != want {
		t.Errorf("as an error: %s", got)
	}
	if got := lint.Check(s, lint.Levels{"name": lint.Off}); got != nil {
		t.Errorf("turned off: %s", got)
	}
}

// A comment is about its line, or about the next one when it stands alone.
func TestIgnore(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"on the line", "- build: # slipway-lint: ignore[name]\n", ""},
		{"above", "# slipway-lint: ignore[name]\n- build:\n", ""},
		{"above, a comment between", "# slipway-lint: ignore[name]\n#\n- build:\n", "p.yml:1:24: warning[useless-ignore]: the comment silences nothing: name finds nothing here (take it out)\np.yml:3:3: warning[name]: the task has no name (write name: and what the task is for)"},
		{"several", "- build: # slipway-lint: ignore[name, literal-compare]\n  when: .a\n", "p.yml:1:39: warning[useless-ignore]: the comment silences nothing: literal-compare finds nothing here (take it out)"},
		{"unknown", "- name: B # slipway-lint: ignore[nam]\n  build:\n", "p.yml:1:34: error[unknown-rule]: there is no rule \"nam\" (did you mean \"name\"?)"},
		{"another rule", "- build: # slipway-lint: ignore[unused-var]\n", "p.yml:1:3: warning[name]: the task has no name (write name: and what the task is for)\np.yml:1:33: warning[useless-ignore]: the comment silences nothing: unused-var finds nothing here (take it out)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lint.Check(playbook(tt.src), nil).Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got := lint.Check(playbook("- name: B # slipway-lint: ignore[name]\n  build:\n"), lint.Levels{"name": lint.Off}); got != nil {
		t.Errorf("a comment about a rule that is off: %s", got)
	}
}
