package doc

import (
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
)

// intro opens the page of all actions.
const intro = `# The actions

<!-- slipway doc --format markdown -->

What tasks of a playbook can do. ` + "`slipway doc ACTION`" + ` shows the same in a terminal, ` + "`slipway schema playbook`" + ` teaches it to an editor.

An argument that is no text may be a template instead, which is expanded for each image when its task runs. A duration is "90s", "10m",
"1h30m", or a number of seconds. One text or number does for a list of them. Unknown keys, missing ones and values of a wrong type are
told before anything runs.

What ` + "`register`" + ` keeps has these fields, whatever the action, and those of the action. All of them are there in check mode, too.
`

// page writes actions as Markdown: a heading for each, with tables.
func page(b *strings.Builder, all []declare.Description) {
	b.WriteString(intro)
	table(b, "field", declare.Registered(), "")
	for _, d := range all {
		fmt.Fprintf(b, "\n## %s\n\n%s.\n", d.Name, sentence(d.Summary))
		if d.About != "" {
			fmt.Fprintf(b, "\n%s\n", d.About)
		}
		if len(d.Arguments) > 0 || d.Free != "" {
			table(b, "argument", d.Arguments, d.Free)
		}
		if len(d.Result) > 0 {
			table(b, "registered", d.Result, "")
		}
		fmt.Fprintf(b, "\nIn check mode: %s\n", d.CheckMode)
		if d.Joint != "" {
			fmt.Fprintf(b, "\nDone once for all images of the play: %s.\n", d.Joint)
		}
		if d.Builder {
			fmt.Fprintf(b, "\n%s\n", declare.OnABuilder)
		}
		for _, example := range d.Examples {
			fmt.Fprintf(b, "\n```yaml\n- %s\n```\n", strings.ReplaceAll(example, "\n", "\n  "))
		}
	}
}

// sentence begins a phrase with a capital.
func sentence(phrase string) string { return strings.ToUpper(phrase[:1]) + phrase[1:] }

func table(b *strings.Builder, what string, all []declare.Field, free string) {
	fmt.Fprintf(b, "\n| %s | | |\n|---|---|---|\n", what)
	rows(b, "", all)
	if free != "" {
		fmt.Fprintf(b, "| any other key | anything | %s |\n", cell(free))
	}
}

func rows(b *strings.Builder, within string, all []declare.Field) {
	for _, f := range all {
		about := cell(f.Doc)
		if f.Example != "" {
			about += ", for example `" + cell(f.Example) + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", within+f.Name, cell(strings.Join(marks(f), "; ")), about)
		rows(b, within+f.Name+".", f.Fields)
	}
}

// marks are the traits of a field with its words of YAML set apart.
func marks(f declare.Field) []string {
	all := []string{f.Type}
	if f.Required {
		all = append(all, "required")
	}
	if f.Default != "" {
		all = append(all, "default `"+f.Default+"`")
	}
	if len(f.Choices) > 0 {
		all = append(all, "one of `"+strings.Join(f.Choices, "`, `")+"`")
	}
	return all
}

// cell is a text that may stand in a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
