package lint

import (
	"fmt"
	"io"
	"strings"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/lint"
)

// A row is a rule as --list-rules tells of it.
type row struct {
	Name  string `json:"name"`
	Level string `json:"level"` // by default: "error", "warning" or "off"
	Fixes bool   `json:"fixes"` // --fix mends it
	Doc   string `json:"doc"`
}

func listRules(a *app.App, format string) error {
	if format == "markdown" {
		_, err := io.WriteString(a.Streams.Out, page())
		return err
	}
	var rows []row
	for _, r := range lint.Rules() {
		rows = append(rows, row{r.Name, string(r.Level), r.Fixes, r.Doc})
	}
	return a.Answer(format, map[string]any{"rules": rows}, func(w io.Writer) error {
		for _, r := range rows {
			fixes := ""
			if r.Fixes {
				fixes = ", --fix mends it"
			}
			if _, err := fmt.Fprintf(w, "%s (%s%s)\n  %s\n", r.Name, r.Level, fixes, r.Doc); err != nil {
				return err
			}
		}
		return nil
	})
}

// page is docs/lint.md.
func page() string {
	var b strings.Builder
	b.WriteString(strings.TrimLeft(`
# The rules of lint

Written by `+"`slipway lint --list-rules --format markdown`"+`; change the rules, not this page.

`+"`slipway lint`"+` tells of everything that `+"`slipway run`"+` would refuse, with the same words, and of what these rules
find. Mistakes that loading finds cannot be turned off; rules can, for a project in its slipway.yml:

`+"```yaml"+`
lint:
  error: [name]
  skip: [trailing-space]
`+"```"+`

and for one line by a comment on it, or alone on the line above it:

`+"```yaml"+`
- name: Look about
  command: {argv: [ls]} # slipway-lint: ignore[no-changed-when]
`+"```"+`

| rule | by default | what it finds |
|---|---|---|
`, "\n"))
	for _, r := range lint.Rules() {
		b.WriteString(line(r))
	}
	for _, r := range lint.Rules() {
		b.WriteString(section(r))
	}
	return b.String()
}

// line is a rule in the table of all.
func line(r lint.Rule) string {
	doc := strings.ToUpper(r.Doc[:1]) + r.Doc[1:]
	if r.Fixes {
		doc += " (`--fix` mends it)"
	}
	return fmt.Sprintf("| [%s](#%s) | %s | %s |\n", r.Name, r.Name, r.Level, doc)
}

// section is what the page says of one rule.
func section(r lint.Rule) string {
	title := fmt.Sprintf("\n## %s\n\n", r.Name)
	if r.Bad == r.Good {
		return title + strings.ToUpper(r.Doc[:1]) + r.Doc[1:] + ".\n"
	}
	return title + fmt.Sprintf("Found:\n\n%s\nNot found:\n\n%s", fenced(r.Bad), fenced(r.Good))
}

// fenced is an example of a page; blanks at the end of a line are shown as dots.
func fenced(example string) string {
	word := "yaml"
	if strings.HasPrefix(example, "FROM") {
		word = "dockerfile"
	}
	var b strings.Builder
	for line := range strings.Lines(example) {
		text := strings.TrimRight(line, " \n")
		b.WriteString(text + strings.Repeat("·", len(strings.TrimRight(line, "\n"))-len(text)) + "\n")
	}
	return "```" + word + "\n" + b.String() + "```\n"
}
