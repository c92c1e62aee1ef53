package feature

import (
	"regexp"
	"slices"
	"strings"

	messages "github.com/cucumber/messages/go/v21"

	"github.com/slipway-build/slipway/sdk/diag"
)

// lint returns what the parser accepts and a gate may not.
func (r *reader) lint() diag.List {
	var problems diag.List
	names := map[string]diag.Pos{}
	for _, b := range r.blocks {
		node, ok := r.scenarios[b.scenario]
		if !ok {
			continue
		}
		problems.Add(r.lintScenario(node)...)
		pos := r.pos(node.Location)
		if first, taken := names[node.Name]; taken {
			problems.Add(diag.Errorf("duplicate-scenario", pos, "the name %q is taken by the scenario at %s", node.Name, first).
				WithFix("give each scenario of a file its own name"))
		} else {
			names[node.Name] = pos
		}
	}
	mistyped := r.lintProse()
	problems.Add(mistyped...)
	if len(r.scenarios) == 0 && mistyped == nil {
		problems.Add(diag.Errorf("empty-feature", r.pos(r.feature.Location), "the feature %q has no scenario", r.feature.Name).
			WithFix(`add "Scenario: …", or remove the file`))
	}
	return problems
}

// lintProse looks for scenarios with a mistyped keyword: the parser takes them,
// steps and all, for a part of the feature's description.
func (r *reader) lintProse() diag.List {
	var problems diag.List
	for _, line := range r.prose(r.feature.Location, r.feature.Description) {
		word, _, ok := strings.Cut(line.Text, ":")
		if !ok {
			continue
		}
		if hint := diag.Suggest(word, []string{"Scenario", "Scenario Outline", "Background", "Example", "Rule"}); hint != "" {
			problems.Add(diag.Errorf("mistyped-keyword", line.Pos, "%q is not a keyword, so what follows is taken for prose", word+":").WithFix("%s", hint))
		}
	}
	return problems
}

func (r *reader) lintScenario(node *messages.Scenario) diag.List {
	var problems diag.List
	pos := r.pos(node.Location)
	if strings.TrimSpace(node.Name) == "" {
		problems.Add(diag.Errorf("unnamed-scenario", pos, "the scenario has no name").WithFix("say what it shows, after the colon"))
	}
	if len(node.Steps) == 0 {
		problems.Add(r.emptyScenario(node))
	}
	if r.outline(node) && !hasRows(node) {
		problems.Add(diag.Errorf("outline-without-rows", pos, "the outline %q has no row of examples, so it never runs", node.Name).
			WithFix(`add "Examples:" with a header and at least one row`))
	}
	return problems
}

// emptyScenario blames the first line of the description, which may be a step
// with a mistyped keyword.
func (r *reader) emptyScenario(node *messages.Scenario) diag.Diagnostic {
	d := diag.Errorf("empty-scenario", r.pos(node.Location), "the scenario %q has no steps", node.Name).
		WithFix("add a step, or remove it")
	for _, line := range r.prose(node.Location, node.Description) {
		word, _, _ := strings.Cut(line.Text, " ")
		if hint := diag.Suggest(word, []string{"Given", "When", "Then", "And", "But"}); hint != "" {
			return diag.Errorf("empty-scenario", line.Pos, "the scenario %q has no steps: %q is not a keyword", node.Name, word).
				WithFix("%s", hint)
		}
	}
	return d
}

// outline reports whether the scenario was meant to have examples.
func (r *reader) outline(node *messages.Scenario) bool {
	if len(node.Examples) > 0 {
		return true
	}
	return strings.Contains(node.Keyword, "Outline") || strings.Contains(node.Keyword, "Template")
}

func hasRows(node *messages.Scenario) bool {
	return slices.ContainsFunc(node.Examples, func(e *messages.Examples) bool { return len(e.TableBody) > 0 })
}

// lintPlaceholders finds the <names> that no column of an outline has filled.
// Outside of outlines they are text. Markup is: what is closed by "</name>".
func (r *reader) lintPlaceholders(scenarios []Scenario) diag.List {
	placeholder := regexp.MustCompile(`<([A-Za-z_][\w -]*)>`)
	var problems diag.List
	for _, s := range scenarios {
		if _, row := r.rowAt(s.Pos.Line); !row {
			continue
		}
		for _, step := range s.Steps {
			text := step.text()
			for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
				if strings.Contains(text, "</"+m[1]+">") {
					continue
				}
				problems.Add(diag.Errorf("leftover-placeholder", step.Pos, "no column of the examples is named %q", m[1]).
					WithFix("%s", r.suggestColumn(m[1])))
			}
		}
	}
	return problems.Sorted()
}

func (r *reader) rowAt(line int) (*messages.TableRow, bool) {
	for _, row := range r.rows {
		if int(row.Location.Line) == line {
			return row, true
		}
	}
	return nil, false
}

// suggestColumn returns the hint for a placeholder among all columns of the
// file.
func (r *reader) suggestColumn(name string) string {
	var columns []string
	for _, node := range r.scenarios {
		for _, examples := range node.Examples {
			if examples.TableHeader == nil {
				continue
			}
			for _, cell := range examples.TableHeader.Cells {
				columns = append(columns, cell.Value)
			}
		}
	}
	return diag.Suggest(name, columns)
}

// text returns all that placeholders are filled in.
func (s Step) text() string {
	parts := []string{s.Text, s.Doc}
	for _, row := range s.Rows {
		parts = append(parts, row...)
	}
	return strings.Join(parts, "\n")
}
